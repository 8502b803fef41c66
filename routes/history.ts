import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { historyAnswer } from '../src/plugins/histories.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { historyOperation } from '../src/plugins/picture-operations.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { modelParams } from '../src/schemas/common.ts'
import { HISTORY_FORMATS, historyParameters, historyQuery } from '../src/schemas/history.ts'
import { readQuery } from '../src/schemas/query.ts'

/** GET /v1/models/{model}/history: how its training went, epoch by epoch. */
export const historyRoute: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/models/:model/history',
    { schema: { params: modelParams, querystring: historyQuery }, config: { operation: historyOperation } },
    async (request, reply) => {
      const network = findNetwork(app.engine, request.params.model)
      const query = readQuery(historyParameters, request.query)
      const format = chooseFormat(request, reply, { asked: query.format, offers: HISTORY_FORMATS })
      const { type, body } = await request.timings.measure('render', () => historyAnswer(network, format))
      return reply.type(type).send(body)
    },
  )
}
