import { CoreError } from '../errors.ts'
import { formatShape, normalizeAxis, type StridedView } from './shape.ts'

/** k quarter turns in the plane of two axes, from the first towards the second, as numpy.rot90 has them. Any whole k. */
export interface QuarterTurns {
  readonly k: number
  readonly axes: readonly [number, number]
}

/** k in 0..3. */
export const turnsOf = (k: number): number => ((k % 4) + 4) % 4

/** The turns that undo these. */
export const undo = ({ k, axes }: QuarterTurns): QuarterTurns => ({ k: turnsOf(-k), axes })

/**
 * The same elements, seen rotated: with k = 1, y[…iₐ…i_b…] = x[…i_b…n_b−1−iₐ…], so that lengths change places when k is
 * odd. Swapped axes are −k. Throws `shape` for axes that are not two of the array's.
 */
export function turn(view: StridedView, { k, axes }: QuarterTurns): StridedView {
  const rank = view.shape.length
  const [a, b] = [normalizeAxis(axes[0], rank), normalizeAxis(axes[1], rank)]
  if (a === b || !Number.isInteger(k))
    throw new CoreError('shape', `${k} turns in axes [${axes}] do not rotate ${formatShape(view.shape)}`)
  switch (turnsOf(k)) {
    case 1:
      return swap(flip(view, b), a, b)
    case 2:
      return flip(flip(view, a), b)
    case 3:
      return swap(flip(view, a), a, b)
    default:
      return view
  }
}

/** The same elements, one axis backwards. */
export function flip({ offset, shape, strides }: StridedView, axis: number): StridedView {
  const length = shape[axis] ?? 1
  const stride = strides[axis] ?? 0
  // an axis of no elements has no last one to start from
  return {
    offset: offset + Math.max(0, length - 1) * stride,
    shape,
    strides: strides.map((s, i) => (i === axis ? -s : s)),
  }
}

const swap = ({ offset, shape, strides }: StridedView, a: number, b: number): StridedView => {
  const at = (axis: number) => (axis === a ? b : axis === b ? a : axis)
  return {
    offset,
    shape: shape.map((_, axis) => shape[at(axis)] ?? 1),
    strides: strides.map((_, axis) => strides[at(axis)] ?? 0),
  }
}
