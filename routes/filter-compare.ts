import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { comparisonBody } from '../src/plugins/filter-comparison-bodies.ts'
import { compared } from '../src/plugins/filter-comparisons.ts'
import { filterInput, onlyPicture, splitUploads } from '../src/plugins/filter-inputs.ts'
import { compareOperation } from '../src/plugins/filter-operations.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { compareParameters, compareQuery } from '../src/schemas/filters.ts'
import { readFilterQuery } from '../src/schemas/read-filter.ts'

/** POST /v1/filter/compare: whether the order of the steps matters, where and why. */
export const filterCompareRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/filter/compare',
    { schema: { querystring: compareQuery }, config: { operation: compareOperation } },
    async (request, reply) => {
      const query = readFilterQuery(compareParameters, request.query)
      request.checkRoom()
      const uploads = splitUploads(await request.uploads({ texts: ['pipeline'] }))
      const upload = onlyPicture(uploads)
      const offers = uploads.from === 'picture' ? (['png', 'json'] as const) : (['json', 'png'] as const)
      const format = chooseFormat(request, reply, { asked: query.query.format, offers })

      const { type, body } = await request.inTurn(2, async (place) => {
        const input = await filterInput(request, upload, query, uploads.pipeline)
        return comparisonBody(await compared(request, place, input, format), format, request.timings)
      })
      return reply.type(type).send(body)
    },
  )
}
