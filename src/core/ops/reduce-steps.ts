import type { Value } from '../ir/graph.ts'
import { sizeOf, stridesOf } from '../ir/shape.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import { axesInMemory, copyStep } from './strided.ts'

const modes = { sum: 0, mean: 1, max: 2 } as const

/**
 * Reduces `x` over `axes`: one `reduce` step for each run of reduced axes that lie next to each other in memory, innermost
 * first, then a copy if what is left lies in another order than `output`.
 */
export function reduceSteps(
  x: Value,
  axes: readonly number[],
  mode: keyof typeof modes,
  output: Value,
  context: LoweringContext,
): Step[] {
  const order = axesInMemory(x, context)
  const dims = order.map((axis) => x.shape[axis] ?? 1)
  const reduced = order.map((axis) => axes.includes(axis))
  const runs = runsOf(reduced, dims)
  const direct = sameOrder(x, order, axes, output, context)
  const steps: Step[] = []
  let from = x
  for (const [index, [start, end]] of runs.entries()) {
    const outer = sizeOf(dims.slice(0, start))
    const length = sizeOf(dims.slice(start, end))
    const inner = sizeOf(dims.slice(end).map((dim, i) => (reduced[end + i] ? 1 : dim)))
    const to = index === runs.length - 1 && direct ? output : context.temporary([outer, inner])
    const args = { x: context.ref(from), out: context.ref(to), outer, length, inner, mode: modes[mode] }
    steps.push({ kernel: 'reduce', args })
    from = to
  }
  if (from === output) return steps
  const kept = order.filter((axis) => !axes.includes(axis))
  const packed = stridesOf(kept.map((axis) => x.shape[axis] ?? 1))
  const strideOf = (axis: number): number => packed[kept.indexOf(axis)] ?? 0
  const keptInOrder = kept.toSorted((a, b) => a - b)
  const outStrides = keptStrides(x, axes, output, context)
  const source = { ref: context.ref(from), strides: keptInOrder.map(strideOf) }
  const target = { ref: context.ref(output), strides: outStrides }
  return [
    ...steps,
    copyStep(
      keptInOrder.map((axis) => x.shape[axis] ?? 1),
      source,
      target,
    ),
  ]
}

/** [start, end) of the runs of reduced axes, the last first; axes of size 1 neither start nor break one. */
function runsOf(reduced: readonly boolean[], dims: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  let open: [number, number] | undefined
  reduced.forEach((isReduced, i) => {
    if (dims[i] === 1) return
    if (!isReduced) open = undefined
    else if (open) open[1] = i + 1
    else {
      open = [i, i + 1]
      runs.unshift(open)
    }
  })
  return runs
}

/** The output's strides for the axes of x that are kept, in logical order. */
function keptStrides(x: Value, axes: readonly number[], output: Value, context: LoweringContext): number[] {
  const strides = context.strides(output)
  const keepsRank = output.shape.length === x.shape.length
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  return kept.map((axis, i) => strides[keepsRank ? axis : i] ?? 0)
}

/** Whether the kept axes, in the order in which they lie in x, are the output's bytes. */
function sameOrder(
  x: Value,
  order: readonly number[],
  axes: readonly number[],
  output: Value,
  context: LoweringContext,
): boolean {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const outStrides = keptStrides(x, axes, output, context)
  const present = order.filter((axis) => !axes.includes(axis) && x.shape[axis] !== 1)
  const packed = stridesOf(present.map((axis) => x.shape[axis] ?? 1))
  return present.every((axis, i) => outStrides[kept.indexOf(axis)] === packed[i])
}
