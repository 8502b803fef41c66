import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { Value, ValueType } from '../ir/graph.ts'
import { broadcastShapes, formatShape, normalizeAxis, type Shape, sameShape } from '../ir/shape.ts'
import { scalar, type Tensor } from '../ir/tensor.ts'
import { map1, map2, reducedShape, sum } from '../reference/loops.ts'
import { once, plus, sqrt, square, times } from './build.ts'
import type { OpTable } from './op.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** inference mode: (x − mean)/√(var + epsilon)·scale + bias, each of shape (C) along axis 1 */
    batchNorm: Signature<[x: V, scale: V, bias: V, mean: V, variance: V], { epsilon: number }>
    /** over the axes axis..rank−1; scale and bias broadcast to them */
    layerNorm: Signature<[x: V, scale: V, bias?: V], { axis: number; epsilon: number }>
    /** over the spatial axes of each sample and channel; scale and bias (C) */
    instanceNorm: Signature<[x: V, scale: V, bias: V], { epsilon: number }>
  }
}

/** Normalisations; each is a composition of smaller ops for the kernels. (ONNX ops of the same names) */
export const normalization: Pick<OpTable, 'batchNorm' | 'layerNorm' | 'instanceNorm'> = {
  /** y = (x − mean)·scale/√(variance + epsilon) + bias per channel, with given statistics (inference mode). */
  batchNorm: {
    infer: ([x, ...perChannel]) => inferPerChannel(x, perChannel),
    vjp: (g, { inputs: [x, scale, , mean, variance], attrs: { epsilon } }, ct) => {
      const inverse = once(() => inverseStd(g, variance, epsilon))
      const standard = once(() => g.mul(centre(g, x, mean), perChannel(g, inverse(), x)))
      const toScale = once(() => sumPerChannel(g, g.mul(ct, standard())))
      return [
        () => g.mul(ct, perChannel(g, g.mul(scale, inverse()), x)),
        toScale,
        () => sumPerChannel(g, ct),
        () => g.neg(g.mul(sumPerChannel(g, ct), g.mul(scale, inverse()))),
        () => times(g, g.mul(g.mul(toScale(), scale), square(g, inverse())), -0.5),
      ]
    },
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x, scale, bias, mean, variance], attrs: { epsilon } }) => {
        const factor = g.mul(scale, inverseStd(g, variance, epsilon))
        return g.add(g.mul(centre(g, x, mean), perChannel(g, factor, x)), perChannel(g, bias, x))
      },
    },
    evaluate: ([x, scale, bias, mean, variance], { epsilon }) => {
      const factor = column(x, {
        ...scale,
        data: map2(scale, variance, scale.shape, (s, v) => s / Math.sqrt(v + epsilon)),
      })
      const centred = { ...x, data: map2(x, column(x, mean), x.shape, (v, m) => v - m) }
      return affine(centred, factor, column(x, bias))
    },
  },

  /** y = (x − μ)/√(σ² + epsilon)·scale + bias; μ, σ² over the axes from `axis` on, σ² with divisor n. */
  layerNorm: {
    infer: ([x, scale, bias], { axis }) => {
      normalizeAxis(axis, x.shape.length)
      for (const parameter of bias ? [scale, bias] : [scale])
        if (!sameShape(broadcastShapes(parameter.shape, x.shape), x.shape))
          throw new CoreError(
            'shape',
            `${formatShape(parameter.shape)} does not broadcast to ${formatShape(x.shape)}`,
          )
      return { shape: x.shape, dtype: x.dtype }
    },
    vjp: (g, { inputs: [x, scale], attrs: { axis, epsilon } }, ct) => {
      const axes = axesFrom(x, axis)
      const parts = once(() => standardize(g, x, axes, epsilon))
      return [
        () => throughStandardize(g, parts(), g.mul(ct, scale), axes),
        () => g.mul(ct, parts().standard),
        () => ct,
      ]
    },
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x, scale, bias], attrs: { axis, epsilon } }) => {
        const scaled = g.mul(standardize(g, x, axesFrom(x, axis), epsilon).standard, scale)
        return bias ? g.add(scaled, bias) : scaled
      },
    },
    evaluate: ([x, scale, bias], { axis, epsilon }) =>
      affine(standardized(x, axesFrom(x, axis), epsilon), scale, bias ?? scalar(0)),
  },

  /** y = (x − μ)/√(σ² + epsilon)·scale + bias; μ, σ² over the pixels of each sample and channel. */
  instanceNorm: {
    infer: ([x, ...perChannel]) => {
      if (x.shape.length < 3)
        throw new CoreError('shape', `instanceNorm needs spatial axes, got ${formatShape(x.shape)}`)
      return inferPerChannel(x, perChannel)
    },
    vjp: (g, { inputs: [x, scale], attrs: { epsilon } }, ct) => {
      const axes = axesFrom(x, 2)
      const parts = once(() => standardize(g, x, axes, epsilon))
      return [
        () => throughStandardize(g, parts(), g.mul(ct, perChannel(g, scale, x)), axes),
        () => sumPerChannel(g, g.mul(ct, parts().standard)),
        () => sumPerChannel(g, ct),
      ]
    },
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x, scale, bias], attrs: { epsilon } }) => {
        const { standard } = standardize(g, x, axesFrom(x, 2), epsilon)
        return g.add(g.mul(standard, perChannel(g, scale, x)), perChannel(g, bias, x))
      },
    },
    evaluate: ([x, scale, bias], { epsilon }) =>
      affine(standardized(x, axesFrom(x, 2), epsilon), column(x, scale), column(x, bias)),
  },
}

function inferPerChannel(x: ValueType, parameters: readonly ValueType[]): ValueType {
  const channels = x.shape[1]
  if (channels === undefined) throw new CoreError('shape', `${formatShape(x.shape)} has no channel axis`)
  for (const { shape } of parameters)
    if (!sameShape(shape, [channels]))
      throw new CoreError(
        'shape',
        `${formatShape(shape)} is not one number for each channel of ${formatShape(x.shape)}`,
      )
  return { shape: x.shape, dtype: x.dtype }
}

const axesFrom = (x: ValueType, axis: number): readonly number[] => {
  const first = normalizeAxis(axis, x.shape.length)
  return x.shape.map((_, i) => i).slice(first)
}

/** (C) as (C,1,…), so that it broadcasts along axis 1 of x. */
const columnShape = (x: ValueType, v: ValueType): Shape => [...v.shape, ...x.shape.slice(2).map(() => 1)]
const perChannel = (g: GraphBuilder, v: Value, x: Value): Value => g.reshape(v, columnShape(x, v))
const column = (x: Tensor, v: Tensor): Tensor => ({ ...v, shape: columnShape(x, v) })

const sumPerChannel = (g: GraphBuilder, v: Value): Value =>
  g.reduceSum(
    v,
    v.shape.map((_, i) => i).filter((axis) => axis !== 1),
    'drop',
  )
const centre = (g: GraphBuilder, x: Value, mean: Value): Value => g.sub(x, perChannel(g, mean, x))
const inverseStd = (g: GraphBuilder, variance: Value, epsilon: number): Value =>
  g.div(g.scalar(1), sqrt(g, plus(g, variance, epsilon)))

interface Standardized {
  /** (x − μ)/√(σ² + epsilon) */
  readonly standard: Value
  /** 1/√(σ² + epsilon) */
  readonly inverse: Value
}
const mean = (g: GraphBuilder, x: Value, axes: readonly number[]): Value =>
  g.emit('reduceMean', [x], { axes, keepDims: true })

function standardize(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Standardized {
  const centred = g.sub(x, mean(g, x, axes))
  const inverse = inverseStd(g, mean(g, square(g, centred), axes), epsilon)
  return { standard: g.mul(centred, inverse), inverse }
}

/** The vjp of `standardize`: inverse·(ct − mean ct − standard·mean(ct·standard)). */
function throughStandardize(
  g: GraphBuilder,
  { standard, inverse }: Standardized,
  ct: Value,
  axes: readonly number[],
): Value {
  const along = g.mul(standard, mean(g, g.mul(ct, standard), axes))
  return g.mul(inverse, g.sub(g.sub(ct, mean(g, ct, axes)), along))
}

function standardized(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const shape = reducedShape(x.shape, axes, true)
  const average = (t: Tensor): Tensor => {
    const totals = sum(t, axes)
    return { ...t, shape, data: totals.map((total) => (total * totals.length) / t.data.length) }
  }
  const centred = { ...x, data: map2(x, average(x), x.shape, (v, m) => v - m) }
  const variance = average({ ...x, data: map1(centred, (v) => v * v) })
  return { ...x, data: map2(centred, variance, x.shape, (v, s) => v / Math.sqrt(s + epsilon)) }
}

function affine(x: Tensor, scale: Tensor, bias: Tensor): Float64Array {
  const scaled = { ...x, data: map2(x, scale, x.shape, (v, s) => v * s) }
  return map2(scaled, bias, x.shape, (v, b) => v + b)
}
