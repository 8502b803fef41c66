import type { GraphBuilder } from '../ir/builder.ts'
import type { Value, ValueType } from '../ir/graph.ts'
import { normalizeAxis } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { fold, larger, map2, reducedShape, sum } from '../reference/loops.ts'
import { exp } from './build.ts'
import type { OpTable } from './op.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    softmax: Signature<[x: V], { axis: number }>
    logSoftmax: Signature<[x: V], { axis: number }>
  }
}

interface Axis {
  readonly axis: number
}

/** Both along one axis, safe for large inputs: the maximum is taken off first. (ONNX, opset 13 on) */
export const softmax: Pick<OpTable, 'softmax' | 'logSoftmax'> = {
  /** y = eˣ/Σ eˣ. The vjp reads y: y·(ct − Σ ct·y). */
  softmax: {
    infer: inferAlong,
    vjp: (g, { output: y, attrs }, ct) => [
      () => g.mul(y, g.sub(ct, g.reduceSum(g.mul(ct, y), axesOf(y, attrs), 'keep'))),
    ],
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x], attrs }) => {
        const e = exp(g, shifted(g, x, attrs))
        return g.div(e, g.reduceSum(e, axesOf(x, attrs), 'keep'))
      },
    },
    evaluate: ([x], attrs) => {
      const { d, sums } = exponentials(x, attrs)
      return map2(d, sums, x.shape, (v, total) => Math.exp(v) / total)
    },
  },

  /** y = x − ln Σ eˣ. The vjp reads y: ct − eʸ·Σ ct. */
  logSoftmax: {
    infer: inferAlong,
    vjp: (g, { output: y, attrs }, ct) => [
      () => g.sub(ct, g.mul(exp(g, y), g.reduceSum(ct, axesOf(y, attrs), 'keep'))),
    ],
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x], attrs }) => {
        const d = shifted(g, x, attrs)
        return g.sub(d, g.emit('log', [g.reduceSum(exp(g, d), axesOf(x, attrs), 'keep')], {}))
      },
    },
    evaluate: ([x], attrs) => {
      const { d, sums } = exponentials(x, attrs)
      return map2(d, sums, x.shape, (v, total) => v - Math.log(total))
    },
  },
}

function inferAlong([x]: readonly [ValueType], { axis }: Axis): ValueType {
  normalizeAxis(axis, x.shape.length)
  return { shape: x.shape, dtype: x.dtype }
}

const axesOf = (x: ValueType, { axis }: Axis): readonly number[] => [normalizeAxis(axis, x.shape.length)]

/** x − max x along the axis: the largest becomes 0 */
const shifted = (g: GraphBuilder, x: Value, attrs: Axis): Value =>
  g.sub(x, g.emit('reduceMax', [x], { axes: axesOf(x, attrs), keepDims: true }))

/** d = x − max x, and Σ e^d, along the axis. */
function exponentials(x: Tensor, attrs: Axis): { d: Tensor; sums: Tensor } {
  const axes = axesOf(x, attrs)
  const shape = reducedShape(x.shape, axes, true)
  const dtype = x.dtype
  const tops: Tensor = { shape, dtype, data: fold(x, axes, Number.NEGATIVE_INFINITY, larger) }
  const d: Tensor = { shape: x.shape, dtype, data: map2(x, tops, x.shape, (v, top) => v - top) }
  return { d, sums: { shape, dtype, data: sum({ ...d, data: d.data.map(Math.exp) }, axes) } }
}
