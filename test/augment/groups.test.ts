import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { drawAll } from '../../src/augment/draws.ts'
import { AugmentError } from '../../src/augment/errors.ts'
import { GROUPS, type Group, orientationsOf } from '../../src/augment/groups.ts'
import { apply, type Orientation } from '../../src/augment/orientation.ts'
import { stridesOf } from '../../src/core/ir/shape.ts'
import { copyElements } from '../../src/imaging/copy-elements.ts'

/** Every orientation of an array of 3 a side, by closure under numpy.rot90 and numpy.flip. */
const fixture: Readonly<Record<'cube24' | 'cube48' | 'dihedral4', readonly (readonly number[])[]>> =
  JSON.parse(readFileSync(new URL('../fixtures/rotations.json', import.meta.url), 'utf8'))

/** The numbers 0, 1, 2, … in an array of 3 a side, oriented. */
function oriented(orientation: Orientation, rank: number): string {
  const shape = new Array<number>(rank).fill(3)
  const numbers = Uint8Array.from({ length: 3 ** rank }, (_, i) => i)
  const view = apply({ offset: 0, shape, strides: stridesOf(shape) }, { applied: true, ...orientation })
  return copyElements(numbers, 1, view).join()
}
const textsOf = (arrays: readonly (readonly number[])[]) => new Set(arrays.map((array) => array.join()))
const reached = (group: Group, space: readonly number[]) =>
  orientationsOf(group, space, [0, 1]).map((orientation) => oriented(orientation, space.length))

describe('a group of orientations', () => {
  it('cube24 has each of the 24 orientations of a cube once', () => {
    const all = reached('cube24', [0, 1, 2])
    expect(all).toHaveLength(24)
    expect(new Set(all)).toEqual(textsOf(fixture.cube24))
  })

  it('cube48 has their mirror images too', () => {
    const all = reached('cube48', [0, 1, 2])
    expect(all).toHaveLength(48)
    expect(new Set(all)).toEqual(textsOf(fixture.cube48))
  })

  it('dihedral4 has the eight of a square', () => {
    const all = reached('dihedral4', [0, 1])
    expect(all).toHaveLength(8)
    expect(new Set(all)).toEqual(textsOf(fixture.dihedral4))
  })

  it('plane has the four turns', () => expect(new Set(reached('plane', [0, 1])).size).toBe(4))

  it('axis-pairs reaches 10 of the 24 orientations of a cube', () => {
    const all = new Set(reached('axis-pairs', [0, 1, 2]))
    expect(all.size).toBe(10)
    expect([...all].every((text) => textsOf(fixture.cube24).has(text))).toBe(true)
  })

  it.each(['cube24', 'cube48'] as const)('%s needs three axes', (group) => {
    expect(() => orientationsOf(group, [2, 3], [2, 3])).toThrow(AugmentError)
  })
})

describe('drawing from a group', () => {
  const DRAWS = 24_000
  const sample = { shape: [DRAWS, 3, 3, 3], layout: 'NDHW' } as const
  const samples = new Array(DRAWS).fill(sample)
  const options = { p: 1, sameOnBatch: false, seed: 11, nonCubic: 'error' } as const

  /** How often each orientation came. */
  function counts(group: Group): Map<string, number> {
    const draws = drawAll(samples, { source: { kind: 'group', group, axes: undefined }, ...options })
    const names = draws.map(({ k, axes, next, flip }) => JSON.stringify([k, axes, next, flip]))
    return new Map([...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]))
  }

  it.each([
    ['cube24', 24],
    ['cube48', 48],
    ['plane', 4],
    ['dihedral4', 8],
    ['axis-pairs', 24],
  ] as const)('%s chooses its %i uniformly', (group, size) => {
    const found = counts(group)
    expect(found.size).toBe(size)
    const expected = DRAWS / size
    const chiSquare = [...found.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    // χ² of size−1 degrees of freedom has this mean and variance: five deviations are beyond chance
    expect(chiSquare).toBeLessThan(size - 1 + 5 * Math.sqrt(2 * (size - 1)))
  })

  it('is looked at for every group there is', () => expect(GROUPS).toHaveLength(5))
})
