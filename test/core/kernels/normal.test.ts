import { describe, expect, test } from 'vitest'
import { normalDeviate } from '../../../src/core/kernels/normal.ts'
import { erf } from '../../../src/core/ops/special-functions.ts'

const draw = (key: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => normalDeviate(key, i))

/** The share of a normal distribution below z. */
const below = (z: number): number => (1 + erf(z / Math.SQRT2)) / 2

describe('normalDeviate', () => {
  /** A seed printed in a paper must still give its map. */
  test('keeps its numbers', () => {
    const kept = [0.20254732910312362, 0.4614310676093442, 0.004041909879938174, -0.21399674657265794]
    draw(7, kept.length).forEach((z, i) => {
      expect(z).toBeCloseTo(kept[i] ?? Number.NaN, 12)
    })
  })

  const count = 200_000
  test('has the moments of a normal distribution', () => {
    const numbers = draw(1, count)
    const moment = (power: number) => numbers.reduce((total, z) => total + z ** power, 0) / count
    /** five standard errors of each moment's mean: √(E z²ᵖ − (E zᵖ)²)/√n */
    const bound = (variance: number) => 5 * Math.sqrt(variance / count)
    expect(Math.abs(moment(1))).toBeLessThan(bound(1))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound(2))
    expect(Math.abs(moment(3))).toBeLessThan(bound(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound(96))
  })

  test.each([0, 1, 0x80000000, 0xffffffff])('of key %i is distributed as the normal distribution', (key) => {
    const sorted = draw(key, count).sort((a, b) => a - b)
    const distance = sorted.reduce((most, z, i) => Math.max(most, Math.abs(below(z) - (i + 0.5) / count)), 0)
    // Kolmogorov and Smirnov: one in a million is further away
    expect(distance).toBeLessThan(2.7 / Math.sqrt(count))
  })

  test('goes far, and stays below 5.5', () => {
    const largest = draw(3, 2_000_000).reduce((most, z) => Math.max(most, Math.abs(z)), 0)
    expect(largest).toBeGreaterThan(4.5)
    expect(largest).toBeLessThan(5.5)
  })

  test.each([
    [5, 6],
    [0, 0x10000],
    [1, 0xfffffffe],
  ])('is not correlated between the keys %i and %i, at any of 16 distances', (one, other) => {
    const a = draw(one, 20_000)
    const b = draw(other, 20_016)
    for (let distance = 0; distance < 16; distance++) {
      const correlation = a.reduce((total, z, i) => total + z * (b[i + distance] ?? Number.NaN), 0) / a.length
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a.length))
    }
  })

  test('is not correlated with its neighbours', () => {
    const a = draw(9, 20_300)
    for (const distance of [1, 2, 3, 4, 224]) {
      const correlation = a
        .slice(0, 20_000)
        .reduce((sum, z, i) => sum + z * (a[i + distance] ?? Number.NaN), 0)
      expect(Math.abs(correlation / 20_000)).toBeLessThan(5 / Math.sqrt(20_000))
    }
  })
})
