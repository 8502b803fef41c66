import { availableParallelism } from 'node:os'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import pkg from '../package.json' with { type: 'json' }
import { commonHeaders } from '../src/schemas/common.ts'
import { serviceSchema } from '../src/schemas/service.ts'

const paths = [
  'GET /v1/models',
  'GET /v1/models/{model}',
  'GET /v1/methods',
  'POST /v1/models/{model}/predict',
  'POST /v1/models/{model}/explain',
  'POST /v1/models/{model}/gradients',
  'POST /v1/models/{model}/trace',
  'POST /v1/models/{model}/diagnose',
  'GET /v1/filters',
  'POST /v1/filter',
  'POST /v1/filter/compare',
  'GET /v1/filter/compose',
  'POST /v1/augment/rot90',
  'POST /v1/trainings',
  'GET /v1/jobs',
  'GET /v1/jobs/{id}',
  'GET /v1/jobs/{id}/events',
  'GET /openapi.yaml',
  'GET /problems',
]

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
      paths,
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
