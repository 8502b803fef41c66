import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { findModel } from '../src/plugins/admission.ts'
import { jsonBytes } from '../src/plugins/json-bodies.ts'
import { deleteNetworkOperation, putNetworkOperation } from '../src/plugins/network-operations.ts'
import { modelParams } from '../src/schemas/common.ts'
import { labelledModel } from '../src/schemas/models.ts'

/** PUT and DELETE /v1/models/{model}: networks that are made here. */
export const networkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.put(
    '/v1/models/:model',
    { schema: { params: modelParams }, config: { operation: putNetworkOperation } },
    async (request, reply) => {
      const { networks } = app.engine
      const { model: id } = request.params
      app.jobs.checkIdle(id)
      request.checkRoom()
      const body = await jsonBytes(request)
      const { result, queueMs } = await request.inTurn(1, (place) => place.readNetwork(body))
      request.timings.add('queue', queueMs)
      // a training may have begun meanwhile
      app.jobs.checkIdle(id)
      const isNew = networks.get(id) === undefined
      await networks.save({ id, ...result, history: [], diagnostics: [] })
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
