import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/explain/random.ts'

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.key())
}

describe('seededRandom', () => {
  test('gives the same keys for the same seed and others for the next', () => {
    expect(draw(7, 100)).toEqual(draw(7, 100))
    expect(draw(7, 100).filter((key) => draw(8, 100).includes(key))).toEqual([])
  })

  /** A seed printed in a paper must still give its map. Recorded with pure-rand 8.4.2. */
  test('keeps its keys', () => {
    expect(draw(0, 4)).toEqual([2653896824, 4176012498, 173530792, 2413554877])
  })

  test('draws whole numbers from all of 0..2³²−1', () => {
    const keys = draw(1, 10_000)
    expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 32)).toBe(true)
    const sixteenths = new Set(keys.map((key) => Math.floor(key / 2 ** 28)))
    expect(sixteenths.size).toBe(16)
  })
})
