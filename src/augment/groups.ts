import { AugmentError } from './errors.ts'
import type { Orientation } from './orientation.ts'

/** What random orientations are drawn from. */
export const GROUPS = ['plane', 'axis-pairs', 'cube24', 'dihedral4', 'cube48'] as const
/** See `GROUPS`. */
export type Group = (typeof GROUPS)[number]

/** Two axes in their order. */
export type Pair = readonly [number, number]

/** Whether the group turns in one plane, which `axes` may name. */
export const isPlanar = (group: Group): boolean => group === 'plane' || group === 'dihedral4'

const QUARTERS = [0, 1, 2, 3]

/**
 * What a group chooses from, all equally likely; `space` are the axes that may turn, `plane` the two of a planar group.
 * plane: 4 turns. axis-pairs: k and an ordered pair of axes, 24 choices of which many are the same: they reach 10 of a
 * cube's orientations. cube24: each of a cube's orientations once. dihedral4 and cube48: these with their mirror images.
 * Throws AugmentError naming `group` where there are too few axes.
 */
export function orientationsOf(group: Group, space: readonly number[], plane: Pair): readonly Orientation[] {
  switch (group) {
    case 'plane':
      return turnsIn(plane)
    case 'dihedral4':
      return withMirrored(turnsIn(plane), plane[1])
    case 'axis-pairs':
      return orderedPairs(space).flatMap(turnsIn)
    case 'cube24':
      return cube(space)
    case 'cube48':
      return withMirrored(cube(space), space[2] ?? 0)
  }
}

const turnsIn = (axes: Pair): Orientation[] => QUARTERS.map((k) => ({ k, axes }))

const withMirrored = (orientations: readonly Orientation[], axis: number): Orientation[] =>
  orientations.flatMap((orientation) => [orientation, { ...orientation, flip: axis }])

export const orderedPairs = (space: readonly number[]): readonly Pair[] =>
  space.flatMap((a) => space.filter((b) => b !== a).map((b): Pair => [a, b]))

/**
 * A cube's 24 orientations: four turns about its first axis, then one of the six that bring that axis to another face.
 */
function cube([first, second, third]: readonly number[]): Orientation[] {
  if (first === undefined || second === undefined || third === undefined)
    throw new AugmentError(
      'bad-parameter',
      'group',
      'expected three axes of space for the orientations of a cube, got two: plane and dihedral4 turn in one plane',
    )
  const faces = [
    ...turnsIn([first, second]),
    { k: 1, axes: [first, third] },
    { k: 3, axes: [first, third] },
  ] as const
  return QUARTERS.flatMap((k) =>
    faces.map((face): Orientation => {
      if (k === 0) return face
      const about: Orientation = { k, axes: [second, third] }
      return face.k === 0 ? about : { ...about, next: face }
    }),
  )
}
