import { CoreError } from '../errors.ts'
import type { ValueType } from '../ir/graph.ts'
import { formatShape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { fold, larger, reducedShape, sum } from '../reference/loops.ts'
import { divideByCount, where } from './build.ts'
import type { Op, OpTable } from './op.ts'
import { reduceSteps } from './reduce-steps.ts'

/** axes are normalised (0..rank−1), ascending and never empty: the importer writes "all axes" out */
export interface ReduceAttrs {
  axes: readonly number[]
  keepDims: boolean
}

declare module '../ir/graph.ts' {
  interface OpSignatures {
    reduceSum: Signature<[x: V], ReduceAttrs>
    reduceMean: Signature<[x: V], ReduceAttrs>
    /** ties share the gradient equally, as PyTorch's amax */
    reduceMax: Signature<[x: V], ReduceAttrs>
  }
}

type Names = 'reduceSum' | 'reduceMean' | 'reduceMax'

/** Reductions over chosen axes. (ONNX ReduceSum, ReduceMean, ReduceMax; opset 18 has axes as an input) */
export const reduce: Pick<OpTable, Names> = {
  /** y = Σ x over the axes */
  reduceSum: {
    ...over(sum, 'sum'),
    vjp: (g, { inputs: [x], attrs: { axes } }, ct) => [
      () => g.expand(g.reshape(ct, reducedShape(x.shape, axes, true)), x.shape),
    ],
  },

  /** y = Σ x over the axes / number of summed elements; NaN over none */
  reduceMean: {
    ...over(mean, 'mean'),
    vjp: (g, { inputs: [x], attrs: { axes } }, ct) => [
      () => {
        const kept = g.reshape(ct, reducedShape(x.shape, axes, true))
        return g.expand(divideByCount(g, kept, x.shape, axes), x.shape)
      },
    ],
  },

  /** y = max x over the axes; −∞ over none, NaN if any is. The vjp reads y: ties share equally, as in PyTorch's amax. */
  reduceMax: {
    ...over((x, axes) => fold(x, axes, Number.NEGATIVE_INFINITY, larger), 'max'),
    vjp: (g, { inputs: [x], output: y, attrs: { axes } }, ct) => [
      () => {
        const shape = reducedShape(x.shape, axes, true)
        const isMax = g.emit('equal', [x, g.reshape(y, shape)], {})
        const hits = where(g, isMax, g.scalar(1), g.scalar(0))
        return g.mul(hits, g.div(g.reshape(ct, shape), g.reduceSum(hits, axes, 'keep')))
      },
    ],
  },
}

function mean(x: Tensor, axes: readonly number[]): Float64Array {
  const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1))
  return sum(x, axes).map((total) => total / count)
}

/** All of a reduction but its vjp. */
function over(
  evaluate: (x: Tensor, axes: readonly number[]) => Float64Array,
  mode: 'sum' | 'mean' | 'max',
): Pick<Op<Names>, 'infer' | 'evaluate' | 'lower'> {
  return {
    infer: ([x], attrs) => inferReduced(x, attrs),
    evaluate: ([x], { axes }) => evaluate(x, axes),
    lower: {
      kind: 'steps',
      layout: 'any',
      steps: ({ inputs: [x], attrs: { axes }, output }, context) =>
        reduceSteps(x, axes, mode, output, context),
    },
  }
}

function inferReduced(x: ValueType, { axes, keepDims }: ReduceAttrs): ValueType {
  const valid = axes.every(
    (axis, i) => Number.isInteger(axis) && axis > (axes[i - 1] ?? -1) && axis < x.shape.length,
  )
  if (!valid || axes.length === 0)
    throw new CoreError('shape', `axes [${axes}] are not ascending axes of ${formatShape(x.shape)}`)
  return { shape: reducedShape(x.shape, axes, keepDims), dtype: x.dtype }
}
