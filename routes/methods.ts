import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { methods } from '../src/explain/index.ts'
import { methodList, methodListSchema } from '../src/schemas/methods.ts'

/** GET /v1/methods: every attribution method, with the JSON Schema of each parameter. */
export const methodRoutes: FastifyPluginAsyncZod = async (app) => {
  // made when first asked for: a start waits for nobody's list
  let list: ReturnType<typeof methodList> | undefined
  app.get(
    '/v1/methods',
    {
      schema: { response: { 200: methodListSchema } },
      config: {
        operation: {
          operationId: 'listMethods',
          tag: 'explain',
          summary: 'All attribution methods and their parameters',
          problems: ['shutting-down'],
        },
      },
    },
    async () => (list ??= methodList(methods.values())),
  )
}
