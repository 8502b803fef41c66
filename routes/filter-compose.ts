import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { pipelineOf } from '../src/filters/build.ts'
import { checkComposition } from '../src/filters/compose.ts'
import { compositionBody } from '../src/plugins/filter-compositions.ts'
import { composeOperation } from '../src/plugins/filter-operations.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { composeParameters, composeQuery } from '../src/schemas/filters.ts'
import { inQuery, readFilterQuery, stepsAsked } from '../src/schemas/read-filter.ts'

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
      const pipeline = { steps, mode, boundary: 0, size: 'same', intermediate: 'float' } as const
      checkComposition(pipelineOf(pipeline, 'float'), inQuery(steps.length))
      const { type, body } = await request.inTurn(1, async (place) => {
        const { result } = await place.compose({ kind: 'compose', pipeline })
        return compositionBody({ ...result, steps, mode }, format)
      })
      return reply.type(type).send(body)
    },
  )
}
