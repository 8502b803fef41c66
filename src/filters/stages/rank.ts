import { type Stage, slideOf } from '../stage.ts'
import type { Sides } from '../window.ts'

/** The `index`-th smallest of a rectangle, counted from 0. */
export const rank = (index: number, sides: Sides): Stage => ({
  reach: sides,
  run: (x, want, { arithmetic, setting }) => arithmetic.rank(x, index, slideOf(sides, x, want, setting)),
})
