import { describe, expect, it } from 'vitest'
import { scoreOf, softmax } from '../../src/explain/scores.ts'

describe('softmax', () => {
  // the answers are torch.softmax's
  it.each([
    [
      [1, 2, 3],
      [0.09003057, 0.24472848, 0.66524094],
    ],
    [
      [1000, 0],
      [1, 0],
    ],
    [
      [-Infinity, 0],
      [0, 1],
    ],
    [
      [Infinity, 0],
      [NaN, NaN],
    ],
    [
      [NaN, 0],
      [NaN, NaN],
    ],
    [[], []],
  ])('of %j is %j', (row, probabilities) => {
    expect([...softmax(row)].map((p) => Math.fround(p))).toEqual(
      probabilities.map((p) => (Number.isNaN(p) ? NaN : expect.closeTo(p, 7))),
    )
  })

  it('is the probability of each class, and its logarithm', () => {
    const row = [1, 2, 3]
    softmax(row).forEach((probability, target) => {
      expect(scoreOf(row, target, 'probability')).toBe(probability)
      expect(scoreOf(row, target, 'log-probability')).toBeCloseTo(Math.log(probability), 12)
    })
  })
})
