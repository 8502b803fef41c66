import * as z from 'zod'

/** Null where the numbers grew beyond all bounds: JSON has no others. */
const measured = z.number().nullable()

/** What is known of an epoch. */
export const epochSchema = z.object({
  epoch: z.int().describe('Counted from 1'),
  loss: z.number().describe('Over all of its steps: the mean by samples, of sum-squared-error the sum'),
  accuracy: z
    .number()
    .optional()
    .describe(
      'Share of samples whose largest output is the right one; with binary-cross-entropy, share of outputs on the right side of 0',
    ),
  validationLoss: measured
    .optional()
    .describe('The same loss of the samples held back; null where it is no number'),
  validationAccuracy: z.number().optional().describe('The same share of the samples held back'),
  learningRate: z.number().describe('Of its last step'),
  samplesPerSecond: z.number().describe('Samples learnt from in a second'),
  gradientNorm: measured.describe('Length of all gradients together, of its last step'),
  updateRatio: measured.describe('Σ|Δw| ÷ Σ|w| of its last step'),
})
export type EpochRecord = Readonly<z.output<typeof epochSchema>>

const unit = z.array(z.int())

/** A layer after an epoch, over the first samples of those that are learnt from. A unit is a feature or a channel. */
const layerRecordSchema = z.object({
  name: z.string().describe('Of the layer'),
  units: z.int().describe('Features or channels that come out of it'),
  mean: measured.describe('Of its outputs'),
  std: measured.describe('Of its outputs'),
  zeros: z.number().describe('Percent of its outputs that are 0'),
  saturated: z
    .number()
    .optional()
    .describe('Percent of its outputs where |f′| < 0.001, of layers that work at each place by itself'),
  dead: z.int().describe('Units that no sample gives more than 0, and that let no gradient through'),
  died: unit.describe('Those of them that were not dead the last time, by number'),
  revived: unit.describe('Units that were dead the last time and are no longer, by number'),
  gradientNorm: measured.describe('Length of the gradient of the loss by its outputs'),
  updateRatio: measured.optional().describe('Σ|Δw| ÷ Σ|w| of the epoch’s last step, of layers with weights'),
})
export type LayerRecord = Readonly<z.output<typeof layerRecordSchema>>

/** Every layer at one time of a training. */
export const diagnosticsSchema = z.object({
  epoch: z.int().describe('Epochs that were done; 0: before training'),
  layers: z.array(layerRecordSchema).describe('First to last'),
})
export type Diagnostics = Readonly<z.output<typeof diagnosticsSchema>>

/** Units of each layer that are dead, by number. */
export type DeadUnits = readonly (readonly number[])[]

/** As a record has it. */
export const measure = (value: number): number | null => (Number.isFinite(value) ? value : null)
