import { z } from 'zod'
import { labelSchema } from '../networks/labels.ts'
import { MOST_IMAGES, MOST_NUMBERS, MOST_SAMPLES } from '../networks/samples.ts'
import { networkSchema } from '../networks/spec.ts'
import { trainingSchema } from '../networks/training.ts'

const list = (description: string) => z.array(z.unknown()).min(1).meta({ description })

const dataSchema = z
  .strictObject({
    inputs: list(
      `Inputs, a list of numbers each, nested as the network takes them or flat. At most ${MOST_SAMPLES} samples and ${MOST_NUMBERS} numbers`,
    ).optional(),
    targets: list(
      'What each input is to give: numbers as the network answers, a class number, or a label',
    ).optional(),
    labels: z.array(labelSchema).min(2).max(65_536).optional().meta({
      description:
        'Names of the classes, in order; by default the labels that come, by alphabet. Classes that are left have numbers: class 2. A single output tells class 0 from class 1, and its score is called as class 1',
    }),
    csv: z.string().optional().meta({
      description:
        'A table, a row for each sample, columns separated by commas, semicolons or tabs; decimals after a point',
    }),
    header: z.boolean().optional().meta({
      description:
        'Of the table: whether its first row names the columns; by default when none of its cells is a number',
    }),
    target: z
      .array(z.union([z.string(), z.int().min(0)]))
      .min(1)
      .max(1000)
      .optional()
      .meta({
        description: 'Of the table: columns of the target, by name or number from 0; by default the last one',
      }),
  })
  .meta({
    description: 'What to learn from: inputs and targets, or a table. In a form, what goes with its files',
    examples: [
      {
        inputs: [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        targets: [0, 1, 1, 0],
        labels: ['equal', 'different'],
      },
      { csv: 'x,y,class\n0.5,1,circle\n2,0.5,cross\n', header: true, target: ['class'] },
    ],
  })

const storedSchema = z.string().min(1).max(200)
const newId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
  .meta({ description: 'Its name from now on: small letters, digits, - _ .' })

/** A network of the service, or a new one, which `readSpec` reads. */
const modelSchema = z.union([storedSchema, z.looseObject({ id: newId })], {
  error: 'expected the id of a network, or an object with id, input and layers',
})

export const trainingExample = {
  model: {
    id: 'xor',
    input: [2],
    layers: [{ type: 'fullyConnected', units: 30 }, { type: 'relu' }, { type: 'fullyConnected', units: 1 }],
    seed: 0,
  },
  data: {
    inputs: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    targets: [0, 1, 1, 0],
  },
  loss: 'sum-squared-error',
  labelSmoothing: 0,
  optimizer: { type: 'sgd', learningRate: 0.002, momentum: 0, nesterov: false, weightDecay: 0 },
  schedule: { type: 'constant' },
  epochs: 200,
  batchSize: 'full',
  shuffle: true,
  validation: 0,
  patience: 20,
  clipNorm: 5,
  seed: 0,
  precision: 'float64',
}

const others = [
  {
    ...trainingExample,
    optimizer: {
      type: 'adam',
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    },
    schedule: { type: 'cosine', minimum: 0 },
    batchSize: 32,
  },
  {
    ...trainingExample,
    schedule: { type: 'one-cycle', warmup: 0.3, startDivisor: 25, endDivisor: 10_000 },
  },
  { ...trainingExample, schedule: { type: 'step', every: 100, factor: 0.1 } },
]

/** A training, but for data that come as files. */
export const trainingFormSchema = z.strictObject({
  model: modelSchema,
  data: dataSchema.optional(),
  ...trainingSchema.shape,
})
export type TrainingRequest = z.output<typeof trainingFormSchema>

const newNetworkSchema = z
  .object({ id: newId, ...networkSchema.shape })
  .meta({ id: 'NewNetwork', description: 'A network that begins untrained', example: trainingExample.model })

export const trainingBodySchema = trainingFormSchema
  .required({ data: true })
  .extend({
    model: z.union([storedSchema, newNetworkSchema]).meta({
      description: 'Id of a network that is trained further, or the layers of a new one and its id',
    }),
  })
  .meta({ description: 'A network, data, and how to train', examples: [trainingExample, ...others] })

/** What a form holds beside the training itself. */
export const FILES = {
  inputs: 'Inputs as NPY: samples outermost, numbers of any type',
  targets: 'Targets as NPY: numbers as the network answers, or class numbers',
  csv: 'A table as data.csv has it; data.header and data.target say how to read it',
  images: `A zip of folders with pictures, a folder for each label: at most ${MOST_IMAGES}`,
} as const
