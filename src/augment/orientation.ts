import { flip, type QuarterTurns, turn, undo } from '../core/ir/rotation.ts'
import type { StridedView } from '../core/ir/shape.ts'

/** One way that a sample may end up: turns in a plane, then perhaps turns in another, then perhaps a reflection. */
export interface Orientation extends QuarterTurns {
  readonly next?: QuarterTurns | undefined
  /** the axis that is reversed at the end */
  readonly flip?: number | undefined
}

/** What happened to a sample: an orientation, or nothing where it was not applied. */
export interface Draw extends Orientation {
  readonly applied: boolean
}

/** The sample as drawn. */
export function apply(view: StridedView, { applied, k, axes, next, flip: axis }: Draw): StridedView {
  if (!applied) return view
  const turned = turn(view, { k, axes })
  const turnedOn = next ? turn(turned, next) : turned
  return axis === undefined ? turnedOn : flip(turnedOn, axis)
}

/** The sample as it was before it was drawn: the same steps back, last one first. */
export function restore(view: StridedView, { applied, k, axes, next, flip: axis }: Draw): StridedView {
  if (!applied) return view
  const unflipped = axis === undefined ? view : flip(view, axis)
  const turnedBack = next ? turn(unflipped, undo(next)) : unflipped
  return turn(turnedBack, undo({ k, axes }))
}

/** Whether every axis is as long afterwards as before. */
export function keepsShape(shape: readonly number[], orientation: Orientation): boolean {
  const view = { offset: 0, shape, strides: shape.map(() => 0) }
  const after = apply(view, { ...orientation, applied: true }).shape
  return after.every((length, axis) => length === shape[axis])
}
