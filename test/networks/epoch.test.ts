import { expect, it } from 'vitest'
import { epochOf } from '../../src/networks/epoch.ts'
import { trainingSchema } from '../../src/networks/training.ts'

it.each([
  [20, { batchSize: 7, validation: 0.2 }, 16, 7, 3],
  [21, { batchSize: 7, validation: 0 }, 21, 7, 3],
  [4, { batchSize: 32 }, 4, 4, 1],
  [9, { batchSize: 'full', validation: 0.5 }, 4, 4, 1],
] as const)('%i samples with %o', (count, training, samplesPerEpoch, samplesPerStep, stepsPerEpoch) => {
  const epoch = epochOf(count, trainingSchema.parse(training))
  expect(epoch).toEqual({ samplesPerEpoch, samplesPerStep, stepsPerEpoch })
})

it('is refused where the validation leaves nothing to learn from', () => {
  expect(() => epochOf(4, trainingSchema.parse({ validation: 0.9 }))).toThrow('leave none')
})
