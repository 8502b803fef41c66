import * as z from 'zod'
import { timingsSchema } from './common.ts'
import { loss, nested, number, optimizer, precision } from './inside.ts'
import { rawQuery } from './query.ts'

/** What diagnose takes in the query. */
export const diagnoseParameters = z.object({
  format: z.enum(['json', 'png']).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. png: histograms of the outputs of each layer, with the verdicts',
    example: 'png',
  }),
})
export const diagnoseQuery = rawQuery(diagnoseParameters)

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
