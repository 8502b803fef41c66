import * as z from 'zod'
import { gradientOptimizerSchema } from '../networks/optimizer.ts'
import { tensorSchema, timingsSchema } from './common.ts'
import { loss, nested, number, optimizer, precision } from './inside.ts'
import { rawQuery } from './query.ts'

/** What trace takes in the query. */
export const traceParameters = z.object({
  format: z.enum(['json', 'png']).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. png: the outputs of each layer and their gradients as small maps, with the numbers of their summaries',
    example: 'png',
  }),
  target: z.string().min(1).max(500).optional().meta({
    description: 'With a picture or an NPY array: its class, by number or label',
    example: '7',
  }),
  loss: loss.meta({ description: 'With a picture or an NPY array: by default that of its training, or mse' }),
  precision: precision.meta({
    description: 'With a picture or an NPY array: float64 is exact and slow, float32 takes the kernels',
  }),
})
export const traceQuery = rawQuery(traceParameters)

/** What trace takes. */
export const traceSchema = z
  .strictObject({
    input: nested.meta({ description: 'One input: numbers nested row by row' }),
    target: z
      .union([nested, z.number()], 'expected numbers in lists, or the number of a class')
      .meta({ description: 'What the output should be, in its shape; or the number of a class' }),
    loss,
    optimizer,
    precision,
  })
  .meta({
    id: 'TraceRequest',
    description: 'One sample to follow through the network',
    example: {
      input: [0, 1],
      target: [1],
      loss: 'sum-squared-error',
      optimizer: { type: 'sgd', learningRate: 0.002 },
    },
  })

const summaryExample = {
  count: 2,
  min: 0,
  max: 3.5,
  mean: 1.75,
  std: 1.75,
  norm: 3.5,
  zeros: 50,
  notFinite: 0,
}

const summarySchema = z
  .object({
    count: z.int().meta({ description: 'Numbers' }),
    min: number('The least'),
    max: number('The largest'),
    mean: number('Their mean'),
    std: number('√(mean (x − mean)²)'),
    norm: number('√Σ x²'),
    zeros: z.number().meta({ description: 'Percent that are 0' }),
    notFinite: z.int().meta({ description: 'NaN and infinities, left out of all the others' }),
  })
  .meta({ id: 'Summary', description: 'An array in few numbers', example: summaryExample })

const shownExample = (data: readonly number[]) => ({
  shape: [1, data.length],
  data: [data],
  summary: summaryExample,
})

const shownSchema = z
  .object({
    shape: z
      .array(z.int())
      .meta({ description: 'Outermost dimension first; the batch, which is 1, included' }),
    data: nested.optional().meta({ description: 'The numbers, nested row by row, of at most 64' }),
    summary: summarySchema,
  })
  .meta({
    id: 'Shown',
    description: 'An array: its numbers where they are few, and always a summary',
    example: shownExample([3.5, 0]),
  })

/** What trace answers. */
export const traceAnswerSchema = z
  .object({
    model: z.string().meta({ description: 'The id' }),
    loss: z
      .object({
        id: z.string().meta({ description: 'Its name' }),
        formula: z.string().meta({ description: 'Of output y and target t' }),
        value: number('Of this sample'),
      })
      .meta({ description: 'The loss' }),
    output: tensorSchema,
    layers: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Of the layer' }),
          type: z.string().meta({ description: 'Its kind' }),
          formula: z.string().meta({ description: 'What it computes' }),
          derivative: z.string().meta({ description: 'What it sends back' }),
          input: shownSchema,
          output: shownSchema,
          local: shownSchema.optional(),
          incoming: shownSchema,
          outgoing: shownSchema,
          parameters: z
            .array(
              z.object({
                name: z.string().meta({ description: 'Of the parameter' }),
                value: shownSchema,
                gradient: shownSchema,
                update: shownSchema,
              }),
            )
            .meta({
              description:
                'Each parameter that is learnt: its value, ∂L/∂w, and what the first step of the optimiser would add',
            }),
        }),
      )
      .meta({
        description:
          'First to last: input and output; local: f′(input), of layers that work at each place by itself; incoming: ∂L/∂output; outgoing: ∂L/∂input, of all its readers together',
      }),
    optimizer: gradientOptimizerSchema.meta({ description: 'What proposes the updates' }),
    precision: z.enum(['float32', 'float64']).meta({ description: 'Of the computation' }),
    timings: timingsSchema,
  })
  .meta({
    id: 'Trace',
    description: 'One sample forward and backward, step by step',
    example: {
      model: 'xor',
      loss: { id: 'sum-squared-error', formula: 'L = Σ (y − t)²', value: 9 },
      output: { shape: [1, 1], datatype: 'FP64', data: [[7]] },
      layers: [
        {
          name: 'relu_1',
          type: 'relu',
          formula: 'y = max(0, x)',
          derivative: '∂y/∂x = 1 where x > 0, else 0',
          input: shownExample([3.5, -1]),
          output: shownExample([3.5, 0]),
          local: shownExample([1, 0]),
          incoming: shownExample([12, 30]),
          outgoing: shownExample([12, 0]),
          parameters: [
            {
              name: 'prelu_1.slope',
              value: shownExample([0.25, 0.25]),
              gradient: shownExample([0.1, 0]),
              update: shownExample([-0.001, 0]),
            },
          ],
        },
      ],
      optimizer: {
        type: 'sgd',
        learningRate: 0.002,
        momentum: 0,
        nesterov: false,
        weightDecay: 0,
        decays: 'all',
      },
      precision: 'float64',
      timings: { queue: 0.1, total: 2.1 },
    },
  })
