import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CoreError } from '../../../src/core/errors.ts'
import { flip, type QuarterTurns, turn, undo } from '../../../src/core/ir/rotation.ts'
import { type StridedView, sizeOf, stridesOf } from '../../../src/core/ir/shape.ts'

interface Row extends QuarterTurns {
  readonly in: readonly number[]
  readonly out: readonly number[]
  readonly values?: readonly number[]
  /** Σ value·(place mod 97) */
  readonly check: number
}
const { rot90 }: { rot90: readonly Row[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/rotations.json', import.meta.url), 'utf8'),
)

const whole = (shape: readonly number[]): StridedView => ({ offset: 0, shape, strides: stridesOf(shape) })
/** The places that a view visits, in order. */
const places = ({ offset, shape, strides }: StridedView, axis = 0): number[] =>
  axis === shape.length
    ? [offset]
    : Array.from({ length: shape[axis] ?? 0 }, (_, i) =>
        places({ offset: offset + i * (strides[axis] ?? 0), shape, strides }, axis + 1),
      ).flat()

describe('turn', () => {
  it.each(rot90)('rotates $in by k = $k in axes $axes as numpy.rot90 does', (row) => {
    const seen = turn(whole(row.in), row)
    expect(seen.shape).toEqual(row.out)
    const values = places(seen)
    if (row.values) expect(values).toEqual(row.values)
    expect(values.reduce((sum, value, i) => sum + value * (i % 97), 0)).toBe(row.check)
  })

  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 5 })
  const turned = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      k: fc.integer({ min: -9, max: 9 }),
      more: fc.integer({ min: -9, max: 9 }),
      axes: fc
        .shuffledSubarray([...shape.keys()], { minLength: 2, maxLength: 2 })
        .map(([a = 0, b = 1]): readonly [number, number] => [a, b]),
    }),
  )

  it('adds up turns in one plane', () => {
    fc.assert(
      fc.property(turned, ({ shape, k, more, axes }) => {
        const apart = turn(turn(whole(shape), { k, axes }), { k: more, axes })
        expect(places(apart)).toEqual(places(turn(whole(shape), { k: k + more, axes })))
      }),
    )
  })

  it('is undone by the turns back, and by the same turns in swapped axes', () => {
    fc.assert(
      fc.property(turned, ({ shape, k, axes: [a, b] }) => {
        const there = turn(whole(shape), { k, axes: [a, b] })
        for (const back of [undo({ k, axes: [a, b] }), { k, axes: [b, a] } as const]) {
          expect(turn(there, back).shape).toEqual(shape)
          expect(places(turn(there, back))).toEqual([...Array(sizeOf(shape)).keys()])
        }
      }),
    )
  })

  it('reflects twice where it turns twice', () => {
    const view = whole([2, 3, 4])
    expect(turn(view, { k: 2, axes: [0, 2] })).toEqual(flip(flip(view, 0), 2))
  })

  it.each<[string, QuarterTurns]>([
    ['one axis twice', { k: 1, axes: [1, 1] }],
    ['one axis by two names', { k: 1, axes: [1, -1] }],
    ['an axis that is not there', { k: 1, axes: [0, 2] }],
    ['half a turn', { k: 0.5, axes: [0, 1] }],
  ])('refuses %s', (_, turns) => {
    expect(() => turn(whole([2, 3]), turns)).toThrow(CoreError)
  })
})
