import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/explain/random.ts'

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.normal())
}

describe('seededRandom', () => {
  test('gives the same numbers for the same seed and others for the next', () => {
    expect(draw(7, 100)).toEqual(draw(7, 100))
    expect(draw(7, 100)).not.toEqual(draw(8, 100))
  })

  /** A seed printed in a paper must still give its map. Recorded with pure-rand 8.4.2. */
  test('keeps its numbers', () => {
    expect(draw(0, 4)).toEqual([
      0.24571098881350453, 0.4343450242287373, 1.2892002708939063, 0.7085576171623531,
    ])
  })

  test('normal deviates have the moments of a normal distribution', () => {
    const count = 200_000
    const numbers = draw(1, count)
    const moment = (power: number) => numbers.reduce((total, z) => total + z ** power, 0) / count
    /** five standard errors of each moment's mean: √(E z²ᵖ − (E zᵖ)²)/√n */
    const bound = (variance: number) => 5 * Math.sqrt(variance / count)
    expect(Math.abs(moment(1))).toBeLessThan(bound(1))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound(2))
    expect(Math.abs(moment(3))).toBeLessThan(bound(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound(96))
  })

  test('neighbouring seeds are not correlated', () => {
    const count = 20_000
    const a = draw(5, count)
    const b = draw(6, count)
    const correlation = a.reduce((total, z, i) => total + z * (b[i] ?? NaN), 0) / count
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(count))
  })
})
