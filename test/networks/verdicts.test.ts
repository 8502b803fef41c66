import { describe, expect, it } from 'vitest'
import { trainingVerdicts } from '../../src/networks/verdicts.ts'

const epoch = (number: number, loss: number) => ({
  ...{ epoch: number, loss, learningRate: 1, samplesPerSecond: 1, gradientNorm: 1, updateRatio: 1 },
})

describe('a training that left its best weights behind', () => {
  it('is told so', () => {
    const outcome = { last: epoch(30, 6.5e10), left: { epoch: 1, loss: 4.9 }, diagnostics: [] }
    expect(trainingVerdicts(outcome)).toEqual([
      expect.stringMatching(/^the loss of epoch 30 is 65000000000, that of epoch 1 was 4.9: a smaller/),
    ])
  })

  it.each([
    ['a little worse', epoch(30, 40), { epoch: 1, loss: 4.9 }],
    ['both nothing', epoch(30, 1e-7), { epoch: 1, loss: 1e-12 }],
    ['the best ones are kept', epoch(30, 1e9), undefined],
    ['no epoch', undefined, undefined],
  ])('is not: %s', (_, last, left) => {
    expect(trainingVerdicts({ last, left, diagnostics: [] })).toEqual([])
  })
})
