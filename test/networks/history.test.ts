import { describe, expect, it } from 'vitest'
import { MOST_RECORDS, recordsAfter, thinned } from '../../src/networks/history.ts'
import type { EpochRecord } from '../../src/networks/records.ts'

const epochs = (count: number, best = 0): EpochRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ epoch: i + 1, loss: i + 1 === best ? 0 : 1, learningRate: 1 },
    ...{ samplesPerSecond: 1, gradientNorm: 1, updateRatio: 1 },
  }))
const numbers = (history: readonly EpochRecord[]) => history.map(({ epoch }) => epoch)

describe('a long history', () => {
  it('is whole as long as it is short', () => {
    expect(thinned(epochs(MOST_RECORDS))).toEqual(epochs(MOST_RECORDS))
    expect(thinned([])).toEqual([])
  })

  it('is even, with the first epoch, the best and the last', () => {
    const kept = numbers(thinned(epochs(10_001, 1235)))
    expect(kept.slice(0, 3)).toEqual([1, 8, 16])
    expect(kept).toContain(1235)
    expect(kept.slice(-2)).toEqual([10_000, 10_001])
    expect(kept.length).toBeLessThanOrEqual(MOST_RECORDS)
  })

  it('stays even when it grows and is thinned again', () => {
    const all = epochs(100_000)
    let history: EpochRecord[] = []
    for (const record of all) {
      history.push(record)
      if (history.length > 2 * MOST_RECORDS) history = thinned(history)
    }
    expect(numbers(thinned(history))).toEqual(numbers(thinned(all)))
  })

  it.each([
    [0, [1, 64]],
    [1, [64, 128]],
    [100, [128, 192]],
    [99_968, [100_000]],
    [100_000, []],
  ])('goes on after epoch %i with %j', (epoch, next) => {
    expect(numbers(recordsAfter(thinned(epochs(100_000)), epoch, 2))).toEqual(next)
  })
})
