import type { Value } from '../../core/ir/graph.ts'
import { normalizeAxis } from '../../core/ir/shape.ts'
import type { Call, Translators } from './call.ts'

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax'

export const reduce: Translators = {
  ReduceSum: (call) => reduced(call, 'reduceSum', call.x),
  ReduceMean: (call) => reduced(call, 'reduceMean', call.x),
  ReduceMax: (call) => reduced(call, 'reduceMax', call.x),
  ReduceMin: (call) => call.g.neg(reduced(call, 'reduceMax', call.g.neg(call.x))),
  ReduceL1: (call) => reduced(call, 'reduceSum', call.g.emit('abs', [call.x], {})),
  ReduceL2: (call) => call.g.emit('sqrt', [reduced(call, 'reduceSum', call.g.mul(call.x, call.x))], {}),
  ReduceSumSquare: (call) => reduced(call, 'reduceSum', call.g.mul(call.x, call.x)),
}

/** Axes are an attribute or, in newer opsets, an input; none means all, unless noop_with_empty_axes says nothing. */
function reduced(call: Call, op: Reduction, x: Value): Value {
  const given = call.ints('axes', 1) ?? []
  if (given.length === 0 && call.attrs.int('noop_with_empty_axes', 0) !== 0) return x
  const rank = x.shape.length
  const all = x.shape.map((_, axis) => axis)
  const axes = given.length === 0 ? all : sortedAxes(given, rank)
  if (axes.length === 0) return x
  return call.g.emit(op, [x], { axes, keepDims: call.attrs.int('keepdims', 1) !== 0 })
}

/** Axes as 0..rank−1, ascending, each once. */
export const sortedAxes = (axes: readonly number[], rank: number): number[] =>
  [...new Set(axes.map((axis) => normalizeAxis(axis, rank)))].sort((a, b) => a - b)
