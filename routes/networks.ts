import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { initialParameters, networkOf } from '../src/networks/network.ts'
import { findModel } from '../src/plugins/admission.ts'
import { jsonBody } from '../src/plugins/json-bodies.ts'
import { deleteNetworkOperation, putNetworkOperation } from '../src/plugins/network-operations.ts'
import { modelParams } from '../src/schemas/common.ts'
import { labelledModel } from '../src/schemas/models.ts'
import { readNetworkBody } from '../src/schemas/read-network.ts'

/** PUT and DELETE /v1/models/{model}: networks that are made here. */
export const networkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.put(
    '/v1/models/:model',
    { schema: { params: modelParams }, config: { operation: putNetworkOperation } },
    async (request, reply) => {
      const { networks } = app.engine
      const { model: id } = request.params
      app.jobs.checkIdle(id)
      const { spec, labels } = readNetworkBody(await jsonBody(request))
      const parameters = initialParameters(networkOf(spec))
      const isNew = networks.get(id) === undefined
      await networks.save({ id, spec, parameters, labels, history: [], diagnostics: [] })
      if (isNew) reply.code(201).header('location', `/v1/models/${id}`)
      return labelledModel(findModel(app.engine, id))
    },
  )

  app.delete(
    '/v1/models/:model',
    { schema: { params: modelParams }, config: { operation: deleteNetworkOperation } },
    async ({ params }, reply) => {
      const { id } = findModel(app.engine, params.model)
      app.jobs.checkIdle(id)
      await app.engine.networks.remove(id)
      return reply.code(204).send()
    },
  )
}
