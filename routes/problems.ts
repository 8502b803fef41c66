import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { HttpError, isProblemType, problems, problemTypes } from '../src/errors.ts'
import { problemPath } from '../src/schemas/problem.ts'
import { problemListSchema, problemTypeSchema } from '../src/schemas/service.ts'

const list = problemTypes.map((type) => ({ type: problemPath(type), ...problems[type] }))
const typeParams = z.object({
  type: z.string().meta({ description: 'The last part of a type', example: 'queue-full' }),
})

/** GET /problems and /problems/{type}: what the `type` of an error leads to. */
export const problemRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/problems',
    {
      schema: { response: { 200: problemListSchema } },
      config: { operation: { operationId: 'listProblems', tag: 'service', summary: 'Every kind of error' } },
    },
    async () => ({ problems: list }),
  )

  app.get(
    '/problems/:type',
    {
      schema: { params: typeParams, response: { 200: problemTypeSchema } },
      config: {
        operation: {
          operationId: 'getProblem',
          tag: 'service',
          summary: 'One kind of error, and what to do about it',
          problems: ['unknown-route'],
        },
      },
    },
    async ({ params: { type } }) => {
      if (!isProblemType(type)) throw new HttpError('unknown-route', 'there is no problem of this type')
      return { type: problemPath(type), ...problems[type] }
    },
  )
}
