import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { findModel } from '../src/plugins/admission.ts'
import { modelParams } from '../src/schemas/common.ts'
import { labelledModel, modelCard, modelListSchema, modelOrProblemSchema } from '../src/schemas/models.ts'

/** GET /v1/models and /v1/models/{model}: what is served, unusable models with the reason. */
export const modelRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/models',
    {
      schema: { response: { 200: modelListSchema } },
      config: {
        operation: {
          operationId: 'listModels',
          tag: 'models',
          summary: 'All models',
          problems: ['not-ready', 'shutting-down'],
        },
      },
    },
    async () => ({ models: app.engine.models.list().map(modelCard) }),
  )

  app.get(
    '/v1/models/:model',
    {
      schema: { params: modelParams, response: { 200: modelOrProblemSchema } },
      config: {
        operation: {
          operationId: 'getModel',
          tag: 'models',
          summary: 'One model and its labels',
          problems: ['unknown-model', 'not-ready', 'shutting-down'],
        },
      },
    },
    async ({ params }) => labelledModel(findModel(app.engine, params.model)),
  )
}
