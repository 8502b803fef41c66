import { CoreError } from '../errors.ts'
import type { Value } from '../ir/graph.ts'
import { type Shape, sizeOf } from '../ir/shape.ts'
import { MAX_RANK } from '../kernels/list.ts'
import { physicalOrder } from '../plan/layout.ts'
import type { LoweringContext, Ref, Step } from '../plan/lowering.ts'

/** The axes of `value` in the order in which they lie in memory. */
export const axesInMemory = (value: Value, context: LoweringContext): number[] =>
  physicalOrder(value.shape.length, context.layout(value))

/** Physical strides under which `value` reads as the broadcast shape `to`. */
export function stridesAs(value: Value, to: Shape, context: LoweringContext): number[] {
  const own = context.strides(value)
  const extra = to.length - value.shape.length
  return to.map((_, i) => (i < extra || value.shape[i - extra] === 1 ? 0 : (own[i - extra] ?? 0)))
}

/** Loop dimensions and, per operand, one stride for each. */
export interface Nest {
  readonly dims: readonly number[]
  readonly strides: readonly (readonly number[])[]
  /** where the axis that must stay alone ended up, or −1 */
  readonly axis: number
}

/**
 * Orders the axes as `order` says, drops those of size 1, joins neighbours that every operand steps through as one, and
 * fills up to the kernels' rank with leading ones. `alone` is an axis never dropped or joined (a gather's). Throws
 * `unsupported` when more than MAX_RANK loops are left.
 */
export function nest(
  dims: Shape,
  strides: readonly (readonly number[])[],
  order: readonly number[],
  alone = -1,
): Nest {
  const loops: { dim: number; steps: number[]; alone: boolean }[] = []
  for (const axis of order) {
    const dim = dims[axis] ?? 1
    if (dim === 1 && axis !== alone) continue
    const steps = strides.map((s) => s[axis] ?? 0)
    const outer = loops.at(-1)
    if (outer && !outer.alone && axis !== alone && steps.every((s, i) => outer.steps[i] === s * dim)) {
      outer.dim *= dim
      outer.steps = steps
    } else loops.push({ dim, steps, alone: axis === alone })
  }
  const missing = MAX_RANK - loops.length
  if (missing < 0)
    throw new CoreError('unsupported', `a strided copy over ${loops.length} axes, at most ${MAX_RANK}`)
  return {
    dims: [...new Array<number>(missing).fill(1), ...loops.map((l) => l.dim)],
    strides: strides.map((_, i) => [
      ...new Array<number>(missing).fill(0),
      ...loops.map((l) => l.steps[i] ?? 0),
    ]),
    axis: alone < 0 ? -1 : missing + loops.findIndex((l) => l.alone),
  }
}

/** One side of a copy: where its block starts, and a stride per axis of the block. */
export interface Side {
  readonly ref: Ref
  readonly strides: readonly number[]
}

/** Copies the block `dims`; the loops run in the order in which the destination lies in memory. */
export function copyStep(dims: Shape, from: Side, to: Side): Step {
  const order = dims
    .map((_, i) => i)
    .sort((a, b) => Math.abs(to.strides[b] ?? 0) - Math.abs(to.strides[a] ?? 0))
  const loops = nest(dims, [from.strides, to.strides], order)
  const [xStrides = [], outStrides = []] = loops.strides
  return {
    kernel: 'copy',
    args: { x: from.ref, out: to.ref, indices: undefined, axis: -1, dims: loops.dims, xStrides, outStrides },
  }
}

/** All of a value's elements set to one number. */
export const fillStep = (out: Value, value: number, context: LoweringContext): Step => ({
  kernel: 'fill',
  args: { out: context.ref(out), length: sizeOf(out.shape), value },
})

/** The whole of a value as one side of a copy. */
export const wholeOf = (value: Value, context: LoweringContext): Side => ({
  ref: context.ref(value),
  strides: context.strides(value),
})

/** The part of a value that starts at `starts` and takes `steps` along each axis. */
export function partOf(
  value: Value,
  starts: readonly number[],
  steps: readonly number[],
  context: LoweringContext,
): Side {
  const own = context.strides(value)
  const offset = own.reduce((at, stride, i) => at + stride * (starts[i] ?? 0), 0)
  return { ref: context.ref(value, offset), strides: own.map((stride, i) => stride * (steps[i] ?? 1)) }
}
