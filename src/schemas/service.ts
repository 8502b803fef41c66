import { z } from 'zod'

export const statusSchema = z
  .object({ status: z.literal('ok') })
  .meta({ id: 'Status', description: 'All is well' })

export const serviceSchema = z
  .object({
    name: z.string().meta({ example: 'gradlens' }),
    version: z.string().meta({ example: '0.1.0' }),
    host: z
      .object({
        node: z.string().meta({ example: '26.10.0' }),
        platform: z.string().meta({ example: 'linux' }),
        architecture: z.string().meta({ example: 'x64' }),
        cores: z.int().meta({ example: 8 }),
        workers: z.int().meta({ example: 8 }),
      })
      .meta({ description: 'What it runs on' }),
    kernels: z.record(z.string(), z.string()).meta({
      description: 'Which kernel does the work of which op',
      example: { gemm: 'gemm-4x16-fma' },
    }),
    paths: z.array(z.string()).meta({ description: 'Where to go from here', example: ['GET /v1/models'] }),
  })
  .meta({ id: 'Service' })

export const problemListSchema = z
  .object({
    problems: z.array(
      z.object({
        type: z.string().meta({ example: '/problems/unknown-model' }),
        status: z.int().meta({ example: 404 }),
        title: z.string(),
        remedy: z.string(),
      }),
    ),
  })
  .meta({ id: 'ProblemList', description: 'Every kind of error there is' })

export const problemTypeSchema = problemListSchema.shape.problems.element.meta({ id: 'ProblemType' })
