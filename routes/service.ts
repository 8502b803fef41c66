import { availableParallelism } from 'node:os'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import pkg from '../package.json' with { type: 'json' }
import { commonHeaders } from '../src/schemas/common.ts'
import { serviceSchema } from '../src/schemas/service.ts'

/** GET /v1: what this is, what it runs on, where to go. GET /openapi.yaml: its description. */
export const serviceRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1',
    {
      schema: { response: { 200: serviceSchema } },
      config: {
        operation: { operationId: 'getService', tag: 'service', summary: 'Version, host and kernels in use' },
      },
    },
    async () => ({
      name: pkg.name,
      version: pkg.version,
      host: {
        node: process.versions.node,
        platform: process.platform,
        architecture: process.arch,
        cores: availableParallelism(),
        workers: app.engine.stats().workers,
      },
      kernels: { ...app.engine.kernels() },
      paths: [...app.operations()],
    }),
  )

  app.get(
    '/openapi.yaml',
    {
      config: {
        operation: {
          operationId: 'getOpenapi',
          tag: 'service',
          summary: 'This document',
          ok: {
            description: 'OpenAPI 3.1',
            headers: commonHeaders,
            content: {
              'application/yaml': {
                schema: { type: 'string' },
                example: 'openapi: 3.1.0\ninfo:\n  title: gradlens\n',
              },
            },
          },
        },
      },
    },
    async (_request, reply) => reply.type('application/yaml').send(await app.openapi()),
  )
}
