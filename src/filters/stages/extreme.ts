import { type Stage, slideOf } from '../stage.ts'
import type { Sides } from '../window.ts'

/** The smallest or largest of a rectangle. */
export const extreme = (which: 'min' | 'max', sides: Sides): Stage => ({
  reach: sides,
  run: (x, want, { arithmetic, setting }) => arithmetic.extreme(x, which, slideOf(sides, x, want, setting)),
})
