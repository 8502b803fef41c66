import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { usableModel } from '../src/plugins/admission.ts'
import { modelFileOperation } from '../src/plugins/network-operations.ts'
import { modelParams } from '../src/schemas/common.ts'

/** GET /v1/models/{model}/model.onnx: a model as a file. */
export const modelFileRoute: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/models/:model/model.onnx',
    { schema: { params: modelParams }, config: { operation: modelFileOperation } },
    async ({ params }, reply) => {
      const model = usableModel(app.engine, params.model)
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${model.id}.onnx"`)
        .send(await app.engine.modelFile(model))
    },
  )
}
