import * as z from 'zod'
import { losses } from './loss.ts'
import { optimizerSchema } from './optimizer.ts'
import { scheduleSchema } from './schedule.ts'

const lossIds = [...losses.keys()]

/** How a network is trained. */
export const trainingSchema = z.object({
  loss: z.enum(lossIds).default('mse').describe('How far outputs are from their targets'),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      'Share of each target that goes to all classes alike, in validation too: (1 − s)·t + s/classes; with binary-cross-entropy, of which each output tells two classes apart, (1 − s)·t + s/2',
    ),
  optimizer: optimizerSchema
    .default({
      type: 'sgd',
      learningRate: 0.01,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      decays: 'all',
    })
    .describe('How weights follow their gradients'),
  schedule: scheduleSchema.default({ type: 'constant' }).describe('How the learning rate changes'),
  epochs: z.int().min(1).max(100_000).default(10).describe('Passes over the data'),
  batchSize: z
    .union(
      [z.int().min(1).max(65_536), z.literal('full')],
      'expected a whole number from 1 to 65536, or full',
    )
    .default(32)
    .describe('Samples of one step; full: all of them'),
  shuffle: z.boolean().default(true).describe('Whether each epoch takes the samples in another order'),
  validation: z.number().min(0).lt(1).default(0).describe('Share of the samples that is kept for validation'),
  patience: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe(
      'Epochs without a better validation loss, or loss where nothing is held back, after which it stops',
    ),
  clipNorm: z.number().gt(0).max(1e6).optional().describe('Longest that all gradients together may be'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Of the order of samples, the split and dropout'),
  precision: z
    .enum(['float32', 'float64'])
    .default('float32')
    .describe('float32: the kernels; float64: the reference, slow'),
})
export type TrainingSpec = z.output<typeof trainingSchema>
