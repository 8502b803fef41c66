import { z } from 'zod'
import { losses } from '../networks/loss.ts'
import { gradientOptimizerSchema } from '../networks/optimizer.ts'
import { tensorSchema, timingsSchema } from './common.ts'
import { rawQuery } from './query.ts'

/** Numbers in lists in lists, checked when they are read. */
const nested = z.array(z.unknown())
const precision = z.enum(['float32', 'float64']).optional().meta({
  description: 'float64: exact and slow; float32: the kernels. By default float64 for small networks',
  example: 'float64',
})
const loss = z
  .enum([...losses.keys()])
  .optional()
  .meta({ description: 'By default that of its training, or mse', example: 'mse' })
const optimizer = gradientOptimizerSchema.optional().meta({
  description: 'Proposes the update; by default that of its training if it goes by gradients, or sgd',
  example: { type: 'sgd', learningRate: 0.01 },
})

/** What gradients takes. */
export const gradientsSchema = z
  .strictObject({
    input: nested.meta({ description: 'One input, or a batch of them: numbers nested row by row' }),
    cotangent: nested.optional().meta({
      description: 'What the output is multiplied by, in its shape; by default 1 everywhere',
    }),
    wrt: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(1000)
      .default(['input'])
      .meta({ description: 'input, parameters (conv2d_1.weight), layers (relu_1: their outputs)' }),
    mode: z.enum(['inference', 'training']).default('inference').meta({
      description: 'training: batch norm takes the statistics of this batch; dropout is off in both',
      example: 'inference',
    }),
    precision,
  })
  .meta({
    id: 'GradientsRequest',
    description: 'A vector–Jacobian product',
    example: {
      input: [
        [
          [1, 1],
          [1, 1],
        ],
      ],
      cotangent: [
        [
          [1, 0],
          [0, 0],
        ],
      ],
      wrt: ['input', 'conv2d_1.weight'],
    },
  })

/** What gradients takes in the query, beside arrays in NPY. */
export const gradientsParameters = {
  wrt: z
    .string()
    .max(8192)
    .default('input')
    .transform((text) => text.split(','))
    .meta({
      title: 'names separated by commas, such as input,conv2d_1.weight',
      description: 'For NPY: input, parameters, layers (their outputs), separated by commas',
      example: 'input,conv2d_1.weight',
    }),
  mode: z.enum(['inference', 'training']).default('inference').meta({
    description: 'For NPY: training takes the statistics of this batch in batch norm; dropout is off in both',
    example: 'inference',
  }),
  precision,
}
export const gradientsQuery = rawQuery(z.object(gradientsParameters))

/** Of what has no parameters in the query. */
export const noQuery = rawQuery(z.object({}))

const tensorExample = {
  shape: [1, 2, 2],
  datatype: 'FP64',
  data: [
    [
      [1, 2],
      [4, 5],
    ],
  ],
}

/** What gradients answers. */
export const gradientsAnswerSchema = z
  .object({
    model: z.string().meta({ description: 'The id' }),
    output: tensorSchema,
    gradients: z.record(z.string(), tensorSchema).meta({
      description: '∂⟨cotangent, output⟩ by each name of wrt, in its shape',
    }),
    precision: z.enum(['float32', 'float64']).meta({ description: 'Of the computation' }),
    timings: timingsSchema,
  })
  .meta({
    id: 'Gradients',
    description: 'The output and its gradients',
    example: {
      model: 'edges',
      output: tensorExample,
      gradients: { input: tensorExample },
      precision: 'float64',
      timings: { queue: 0.1, total: 2.1 },
    },
  })

/** What trace takes. */
export const traceSchema = z
  .strictObject({
    input: nested.meta({ description: 'One input: numbers nested row by row' }),
    target: z
      .union([nested, z.number()])
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

const number = (description: string) => z.number().nullable().meta({ description })

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

/** What diagnose takes in the query. */
export const diagnoseParameters = {
  format: z.enum(['json', 'png']).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. png: histograms of the outputs of each layer, with the verdicts',
    example: 'png',
  }),
}
export const diagnoseQuery = rawQuery(z.object(diagnoseParameters))

/** What diagnose takes. */
export const diagnoseSchema = z
  .strictObject({
    inputs: nested.min(1).meta({ description: 'Samples: numbers nested row by row' }),
    targets: nested.min(1).meta({ description: 'As many outputs, or numbers of classes' }),
    loss,
    optimizer,
    epsilon: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.001)
      .meta({ description: 'A unit is saturated where |f′| is less', example: 0.001 }),
    precision,
  })
  .meta({
    id: 'DiagnoseRequest',
    description: 'The data that a network is examined on',
    example: {
      inputs: [
        [0, 0],
        [0, 1],
      ],
      targets: [[0], [1]],
      loss: 'mse',
      optimizer: { type: 'sgd', learningRate: 0.01 },
    },
  })

const notFiniteFields = {
  sample: z.int().meta({ description: 'Number of the sample, from 0' }),
  value: z.string().meta({ description: 'NaN, Infinity or -Infinity' }),
}

/** What diagnose answers. */
export const diagnosisSchema = z
  .object({
    model: z.string().meta({ description: 'The id' }),
    samples: z.int().meta({ description: 'How many were looked at' }),
    loss: z
      .object({ id: z.string().meta({ description: 'Its name' }), value: number('Of all samples') })
      .meta({ description: 'The loss' }),
    verdicts: z.array(z.string()).meta({ description: 'What is wrong, in words; empty when nothing is' }),
    firstNotFinite: z
      .object({ layer: z.string().meta({ description: 'Its name' }), ...notFiniteFields })
      .optional()
      .meta({ description: 'The first layer that gives NaN or infinity' }),
    epsilon: z.number().meta({ description: 'A unit is saturated where |f′| is less' }),
    layers: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Of the layer' }),
          type: z.string().meta({ description: 'Its kind' }),
          units: z.int().meta({ description: 'Features or channels' }),
          mean: number('Of its outputs'),
          std: number('Of its outputs'),
          min: number('The least output'),
          max: number('The largest output'),
          zeros: z.number().meta({ description: 'Percent of outputs that are 0' }),
          saturated: z.number().optional().meta({
            description:
              'Percent of outputs where |f′| < epsilon, of layers that work at each place by itself',
          }),
          dead: z.array(z.int()).meta({
            description: 'Units that no sample gives more than 0, and that let no gradient through',
          }),
          gradientNorm: number('‖∂L/∂output‖ over all samples'),
          gradientSize: number('√ of the mean of its squares'),
          parameters: z
            .array(
              z.object({
                name: z.string().meta({ description: 'Of the parameter' }),
                norm: number('‖w‖'),
                gradientNorm: number('‖∂L/∂w‖'),
                updateRatio: z
                  .number()
                  .optional()
                  .meta({ description: '‖update‖ ÷ ‖w‖ of the first step; about 0.001 is healthy' }),
              }),
            )
            .meta({ description: 'Those that are learnt' }),
          notFinite: z.object(notFiniteFields).optional().meta({ description: 'The first NaN or infinity' }),
          histogram: z
            .object({
              min: number('Lower edge of the first bin'),
              max: number('Upper edge of the last bin'),
              counts: z.array(z.int()).meta({ description: 'Outputs in each of 32 bins of equal width' }),
            })
            .meta({ description: 'How its outputs lie' }),
          verdicts: z.array(z.string()).meta({ description: 'What is wrong with it' }),
        }),
      )
      .meta({ description: 'First to last' }),
    precision: z.enum(['float32', 'float64']).meta({ description: 'Of the computation' }),
    timings: timingsSchema,
  })
  .meta({
    id: 'Diagnosis',
    description: 'How a network fares on a data set',
    example: {
      model: 'xor',
      samples: 4,
      loss: { id: 'mse', value: 0.25 },
      verdicts: [
        '27 of 30 units of relu_1 are dead: no sample gives them more than 0, and no gradient passes them',
      ],
      firstNotFinite: { layer: 'fullyConnected_2', sample: 3, value: 'Infinity' },
      epsilon: 0.001,
      layers: [
        {
          name: 'relu_1',
          type: 'relu',
          units: 2,
          mean: 0.2,
          std: 0.4,
          min: 0,
          max: 1.5,
          zeros: 75,
          saturated: 75,
          dead: [1],
          gradientNorm: 2.5,
          gradientSize: 0.9,
          parameters: [{ name: 'prelu_1.slope', norm: 0.5, gradientNorm: 0.1, updateRatio: 0.002 }],
          notFinite: { sample: 3, value: 'NaN' },
          histogram: { min: 0, max: 1.5, counts: [6, 0, 1, 1] },
          verdicts: ['1 of 2 units of relu_1 are dead'],
        },
      ],
      precision: 'float64',
      timings: { queue: 0.1, total: 2.1 },
    },
  })
