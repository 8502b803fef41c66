import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { pipelineOf } from '../src/filters/build.ts'
import { compose } from '../src/filters/compose.ts'
import { composeOperation } from '../src/plugins/filter-operations.ts'
import { compositionBody } from '../src/plugins/filter-compositions.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { composeParameters, composeQuery } from '../src/schemas/filters.ts'
import { readFilterQuery, stepsAsked } from '../src/schemas/read-filter.ts'

/** GET /v1/filter/compose: the one kernel that equals a pipeline, and its frequency response. */
export const filterComposeRoute: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/filter/compose',
    { schema: { querystring: composeQuery }, config: { operation: composeOperation } },
    async (request, reply) => {
      const read = readFilterQuery(composeParameters, request.query)
      const steps = stepsAsked(read)
      const format = chooseFormat(request, reply, { asked: read.query.format, offers: ['json', 'png'] })
      const { mode } = read.query
      const spec = { steps, mode, boundary: 0, size: 'same', intermediate: 'float' } as const
      const composition = compose(pipelineOf(spec, 'float'))
      const { type, body } = await compositionBody({ composition, steps, mode }, format)
      return reply.type(type).send(body)
    },
  )
}
