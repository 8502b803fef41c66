import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { HttpError } from '../src/errors.ts'
import { statusSchema } from '../src/schemas/service.ts'

/** GET /livez: the process answers. GET /readyz: it can do work; 503 while it starts and while it shuts down. */
export const healthRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/livez',
    {
      schema: { response: { 200: statusSchema } },
      config: {
        operation: { operationId: 'getLive', tag: 'service', summary: 'Whether the process answers' },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      schema: { response: { 200: statusSchema } },
      config: {
        operation: {
          operationId: 'getReady',
          tag: 'service',
          summary: 'Whether the service takes work',
          problems: ['not-ready', 'shutting-down'],
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      const headers = { 'retry-after': '1' }
      if (app.draining) throw new HttpError('shutting-down', 'the service is shutting down', { headers })
      if (!app.engine.ready()) throw new HttpError('not-ready', 'the service is still starting', { headers })
      return reply.send({ status: 'ok' })
    },
  )
}
