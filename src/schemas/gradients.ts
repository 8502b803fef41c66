import * as z from 'zod'
import { tensorSchema, timingsSchema } from './common.ts'
import { nested, precision } from './inside.ts'
import { rawQuery } from './query.ts'

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
export const gradientsParameters = z.object({
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
})
export const gradientsQuery = rawQuery(gradientsParameters)

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
