import { heldBack } from './data.ts'
import type { TrainingSpec } from './training.ts'

/** What an epoch is made of: each sample that is learnt from once, some at a time. */
export interface Epoch {
  readonly samplesPerEpoch: number
  /** the last step of an epoch has fewer where they do not come out even */
  readonly samplesPerStep: number
  readonly stepsPerEpoch: number
}

/** `count`: samples of all. Throws NetworkError when the validation leaves none to learn from. */
export function epochOf(count: number, { validation, batchSize }: TrainingSpec): Epoch {
  const samplesPerEpoch = count - heldBack(count, validation)
  const samplesPerStep = batchSize === 'full' ? samplesPerEpoch : Math.min(batchSize, samplesPerEpoch)
  return { samplesPerEpoch, samplesPerStep, stepsPerEpoch: Math.ceil(samplesPerEpoch / samplesPerStep) }
}
