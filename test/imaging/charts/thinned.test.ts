import { describe, expect, it } from 'vitest'
import { type Point, thinned } from '../../../src/imaging/charts/thinned.ts'

describe('thinned', () => {
  it('keeps short lines as they are', () => {
    const points: Point[] = [
      [1, 3],
      [2, 1],
    ]
    expect(thinned(points, 1)).toBe(points)
  })

  it('keeps the peaks of long ones, from left to right', () => {
    const points = Array.from(
      { length: 10_000 },
      (_, i): Point => [i, i === 1234 ? 99 : i === 1240 ? -99 : i % 7],
    )
    const kept = thinned(points, 100)
    expect(kept.length).toBeLessThanOrEqual(200)
    expect(kept).toContainEqual([1234, 99])
    expect(kept).toContainEqual([1240, -99])
    for (const [i, [x]] of kept.entries()) expect(x).toBeGreaterThan(kept[i - 1]?.[0] ?? -1)
  })

  it('keeps one of a bucket in which all are alike', () => {
    const even = Array.from({ length: 10 }, (_, i): Point => [i, 5])
    expect(thinned(even, 2)).toEqual([
      [0, 5],
      [5, 5],
    ])
  })
})
