import * as z from 'zod'
import { outputLabelsSchema } from '../networks/labels.ts'
import { MOST_IMAGES } from '../networks/samples.ts'
import { networkSchema } from '../networks/spec.ts'
import { knownIdSchema, newIdSchema, trainingFormSchema } from '../networks/training-form.ts'

export const trainingExample = {
  model: {
    id: 'xor',
    input: [2],
    layers: [{ type: 'fullyConnected', units: 30 }, { type: 'relu' }, { type: 'fullyConnected', units: 1 }],
    seed: 0,
    labels: ['equal', 'different'],
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

const newNetworkSchema = z
  .object({ id: newIdSchema, ...networkSchema.shape, labels: outputLabelsSchema.optional() })
  .meta({ id: 'NewNetwork', description: 'A network that begins untrained', example: trainingExample.model })

export const trainingBodySchema = trainingFormSchema
  .required({ data: true })
  .extend({
    model: z.union([knownIdSchema, newNetworkSchema]).meta({
      description: 'Id of a network that is trained further, or the layers of a new one and its id',
    }),
  })
  .meta({ description: 'A network, data, and how to train', examples: [trainingExample, ...others] })

/** What a form holds beside the training itself. */
export const FILES = {
  inputs: 'Inputs as NPY: samples outermost, numbers of any type',
  targets: 'Targets as NPY: numbers as the network answers, or class numbers',
  csv: 'A table as data.csv has it; data.header and data.target say how to read it',
  images: `A zip of folders with pictures: the folder that a picture is in is its label, whatever that folder is in. At most ${MOST_IMAGES}`,
} as const
