import * as z from 'zod'
import { problems } from '../errors.ts'
import { problemPath } from './problem.ts'

/** What the health checks answer. */
export const statusSchema = z
  .object({ status: z.literal('ok').meta({ description: 'Anything else comes as an error' }) })
  .meta({ id: 'Status', description: 'All is well', example: { status: 'ok' } })

/** What GET /v1 answers. */
export const serviceSchema = z
  .object({
    name: z.string().meta({ description: 'Name of the service' }),
    version: z.string().meta({ description: 'Its version' }),
    host: z
      .object({
        node: z.string().meta({ description: 'Version of Node' }),
        platform: z.string().meta({ description: 'Operating system, as Node calls it' }),
        architecture: z.string().meta({ description: 'Architecture of the processor' }),
        cores: z.int().meta({ description: 'Cores that the process may use' }),
        workers: z.int().meta({ description: 'Threads that compute' }),
      })
      .meta({ description: 'What it runs on' }),
    kernels: z.record(z.string(), z.string()).meta({
      description:
        'Variant of each compute kernel: fma or plain for the instructions, revectorized where the engine widens them',
    }),
    paths: z.array(z.string()).meta({ description: 'All that can be asked, in the order of the document' }),
  })
  .meta({
    id: 'Service',
    description: 'What runs here, on what',
    example: {
      name: 'gradlens',
      version: '0.1.0',
      host: { node: '26.10.0', platform: 'linux', architecture: 'x64', cores: 8, workers: 8 },
      kernels: { conv: 'conv-fma-revectorized', depthwise: 'depthwise-fma-revectorized' },
      paths: ['GET /v1/models', 'GET /v1/methods'],
    },
  })

const problemExample = { type: problemPath('queue-full'), ...problems['queue-full'] }

const problemTypeFields = z.object({
  type: z.string().meta({ description: 'As errors name it; a path of this service' }),
  status: z.int().meta({ description: 'The HTTP status that it comes with' }),
  title: z.string().meta({ description: 'The kind of problem in words' }),
  remedy: z.string().meta({ description: 'What the client can do about it' }),
})

/** What GET /problems/{type} answers. */
export const problemTypeSchema = problemTypeFields.meta({
  id: 'ProblemType',
  description: 'One kind of error',
  example: problemExample,
})

/** What GET /problems answers. */
export const problemListSchema = z
  .object({ problems: z.array(problemTypeFields).meta({ description: 'By status' }) })
  .meta({
    id: 'ProblemList',
    description: 'Every kind of error there is',
    example: { problems: [problemExample] },
  })
