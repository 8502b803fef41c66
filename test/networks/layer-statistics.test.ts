import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { LayerStatistics } from '../../src/networks/layer-statistics.ts'

describe('statistics of a layer', () => {
  it('are those of all numbers together, however they come', () => {
    // 10⁸ + 1 … 10⁸ + 24: mean 10⁸ + 12.5, variance (24² − 1)/12
    const numbers = Float64Array.from({ length: 24 }, (_, i) => 1e8 + i + 1)
    for (const batches of [[4], [1, 3], [2, 1, 1]]) {
      const statistics = new LayerStatistics(2, 0.1)
      let from = 0
      for (const batch of batches) {
        const length = batch * 6
        statistics.addOutputs(tensor([batch, 2, 3], numbers.slice(from, from + length)))
        from += length
      }
      const { mean, std, min, max, zeros } = statistics.numbers
      expect(mean).toBe(1e8 + 12.5)
      expect(std).toBeCloseTo(Math.sqrt(575 / 12), 9)
      expect([min, max, zeros]).toEqual([1e8 + 1, 1e8 + 24, 0])
    }
  })

  it('leave out what is not finite, and tell the first of it', () => {
    const statistics = new LayerStatistics(2, 0.1)
    statistics.addOutputs(tensor([1, 2], [1, 0]))
    statistics.addOutputs(tensor([2, 2], [3, 0, Number.NaN, Number.POSITIVE_INFINITY]))
    expect(statistics.notFinite).toEqual({ sample: 2, value: Number.NaN })
    expect(statistics.numbers).toMatchObject({ mean: 1, min: 0, max: 3, zeros: 50 })
  })

  it('know a dead unit by its outputs and its derivative', () => {
    const statistics = new LayerStatistics(3, 0.1)
    statistics.addOutputs(tensor([2, 3], [0, 0, -1, 0, 2, -1]))
    statistics.addDerivatives(tensor([2, 3], [0, 0, 0.01, 0, 1, 0.01]))
    expect(statistics.deadUnits).toEqual([0])
    expect(statistics.numbers.saturated).toBeCloseTo((100 * 5) / 6, 9)
  })

  it('of nothing are no numbers', () => {
    const { mean, std, zeros } = new LayerStatistics(1, 0.1).numbers
    expect([mean, std, zeros]).toEqual([Number.NaN, Number.NaN, 0])
  })
})
