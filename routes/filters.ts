import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { kinds } from '../src/filters/kinds/index.ts'
import { answerOf, type FilterAnswer, filterAnswer } from '../src/plugins/filter-answers.ts'
import { filterInput, splitUploads, taken } from '../src/plugins/filter-inputs.ts'
import { filterOperation } from '../src/plugins/filter-operations.ts'
import { filtered } from '../src/plugins/filter-run.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { filterList, filterListSchema } from '../src/schemas/filter-list.ts'
import { filterParameters, filterQuery } from '../src/schemas/filters.ts'
import { readFilterQuery } from '../src/schemas/read-filter.ts'

/** GET /v1/filters: every filter. POST /v1/filter: pictures or numbers in, filtered ones out. */
export const filterRoutes: FastifyPluginAsyncZod = async (app) => {
  // made when first asked for: a start waits for nobody's list
  let list: ReturnType<typeof filterList> | undefined
  app.get(
    '/v1/filters',
    {
      schema: { response: { 200: filterListSchema } },
      config: {
        operation: {
          operationId: 'listFilters',
          tag: 'filters',
          summary: 'All filters, their parameters and kernels',
          problems: ['shutting-down'],
        },
      },
    },
    async () => (list ??= filterList(kinds.values())),
  )

  app.post(
    '/v1/filter',
    { schema: { querystring: filterQuery }, config: { operation: filterOperation } },
    async (request, reply) => {
      const query = readFilterQuery(filterParameters, request.query)
      request.checkRoom()
      const { pictures, pipeline, offers } = splitUploads(await request.uploads({ texts: ['pipeline'] }))
      const format = chooseFormat(request, reply, { asked: query.query.format, offers })

      const results = await request.inTurn(pictures.length, async (place) => {
        const done: FilterAnswer[] = []
        for (const upload of taken(pictures)) {
          const input = await filterInput(request, upload, query, pipeline)
          done.push(await answerOf(await filtered(request, place, input, format), format, request.timings))
        }
        return done
      })
      const { type, body, headers } = filterAnswer(results, format)
      return reply.headers(headers).type(type).send(body)
    },
  )
}
