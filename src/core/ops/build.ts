import type { GraphBuilder } from '../ir/builder.ts'
import type { Value } from '../ir/graph.ts'
import { isSymbolic, type Shape, sizeOf } from '../ir/shape.ts'

/** Compositions that several vjps and decompositions share. */

export const times = (g: GraphBuilder, x: Value, factor: number): Value => g.mul(x, g.scalar(factor))
export const plus = (g: GraphBuilder, x: Value, term: number): Value => g.add(x, g.scalar(term))
export const square = (g: GraphBuilder, x: Value): Value => g.mul(x, x)
export const exp = (g: GraphBuilder, x: Value): Value => g.emit('exp', [x], {})
export const sqrt = (g: GraphBuilder, x: Value): Value => g.emit('sqrt', [x], {})
export const where = (g: GraphBuilder, condition: Value, a: Value, b: Value): Value =>
  g.emit('where', [condition, a, b], {})

/** a where x > 0, else b. */
export const wherePositive = (g: GraphBuilder, x: Value, a: Value, b: Value): Value =>
  where(g, g.emit('relu', [x], {}), a, b)

/** ct/count, where count is the number of elements along `axes` of `shape`: a node when the batch is among them. */
export function divideByCount(g: GraphBuilder, ct: Value, shape: Shape, axes: readonly number[]): Value {
  const dims = axes.map((axis) => shape[axis] ?? 1)
  if (!dims.some(isSymbolic)) return times(g, ct, 1 / sizeOf(dims))
  const ones = g.expand(g.scalar(1), dims)
  return g.div(ct, g.reduceSum(ones, Array.from(axes.keys()), 'drop'))
}

/** Computes on the first call only: for what several thunks of one vjp share. */
export function once<T>(compute: () => T): () => T {
  let result: { value: T } | undefined
  return () => {
    result ??= { value: compute() }
    return result.value
  }
}
