import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { meanSquareOf, type StatisticOf, varianceOf } from '../../src/explain/statistics.ts'

const over = (of: StatisticOf, samples: readonly (readonly number[])[]): number[] => {
  const length = samples[0]?.length ?? 0
  const statistic = of(length)
  for (const sample of samples) statistic.add(tensor([length], sample))
  return Array.from({ length }, (_, i) => statistic.at(i))
}

describe('statistics of samples', () => {
  const samples = [
    [1, -2, 5],
    [3, -2, 0],
    [8, -2, -5],
  ]

  it('are the mean square and the variance of each number', () => {
    expect(over(meanSquareOf, samples)).toEqual([74 / 3, 4, 50 / 3])
    const [first = 0, ...others] = over(varianceOf, samples)
    expect(first).toBeCloseTo(26 / 3, 12)
    expect(others).toEqual([0, 50 / 3])
  })

  it('are those of a single sample: its square, nothing', () => {
    expect(over(meanSquareOf, [[3, -4]])).toEqual([9, 16])
    expect(over(varianceOf, [[3, -4]])).toEqual([0, 0])
  })

  it('have a variance that is never negative, and the mean square less the square of the mean', () => {
    const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(numbers, (values) => {
        const columns = values.map((value) => [value])
        const [variance = NaN] = over(varianceOf, columns)
        const mean = values.reduce((total, value) => total + value, 0) / values.length
        const [square = NaN] = over(meanSquareOf, columns)
        expect(variance).toBeGreaterThanOrEqual(0)
        expect(variance).toBeCloseTo(square - mean ** 2, 6)
      }),
    )
  })
})
