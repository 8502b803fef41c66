import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { NoAttrs, Signature, V, Value, ValueType } from '../ir/graph.ts'
import { broadcastShapes, formatShape, sameShape } from '../ir/shape.ts'
import { exp, plus, square, times, wherePositive } from './build.ts'
import { pairwise, pointwise } from './elementwise.ts'
import type { OpTable } from './op.ts'
import { erfc, stableSigmoid, stableSoftplus } from './special-functions.ts'

type Unary<Attrs = NoAttrs> = Signature<[x: V], Attrs>

declare module '../ir/graph.ts' {
  interface OpSignatures {
    relu: Unary
    /** min/max may be ±Infinity */
    clip: Unary<{ min: number; max: number }>
    leakyRelu: Unary<{ alpha: number }>
    elu: Unary<{ alpha: number }>
    sigmoid: Unary
    /** max(0, min(1, alpha·x + beta)) */
    hardSigmoid: Unary<{ alpha: number; beta: number }>
    /** x · hardSigmoid(x; 1/6, 1/2) */
    hardSwish: Unary
    tanh: Unary
    softplus: Unary
    gelu: Unary<{ approximate: 'none' | 'tanh' }>
    prelu: Signature<[x: V, slope: V]>
    /** ct where lo < y < hi, else 0: what ReLU and Clip do to a cotangent, read from their output y */
    gate: Signature<[ct: V, y: V], { lo: number; hi: number }>
  }
}

type Names =
  | 'relu'
  | 'clip'
  | 'leakyRelu'
  | 'elu'
  | 'sigmoid'
  | 'hardSigmoid'
  | 'hardSwish'
  | 'tanh'
  | 'softplus'
  | 'gelu'
  | 'prelu'
  | 'gate'

interface Range {
  readonly min: number
  readonly max: number
}
interface Alpha {
  readonly alpha: number
}

const clamp = (x: number, { min, max }: Range): number => Math.min(Math.max(x, min), max)
const hardSigmoid = (x: number, { alpha, beta }: { alpha: number; beta: number }): number =>
  clamp(alpha * x + beta, { min: 0, max: 1 })
const unit = { lo: 0, hi: 1 }

/** Activation functions. (ONNX ops of the same names) */
export const activation: Pick<OpTable, Names> = {
  /** y = max(0, x). The vjp reads y; f'(0) = 0. */
  relu: {
    ...pointwise(
      (x) => Math.max(x, 0),
      () => ['clip', 0, Number.POSITIVE_INFINITY],
    ),
    vjp: (g, { output: y }, ct) => [() => g.emit('gate', [ct, y], { lo: 0, hi: Number.POSITIVE_INFINITY })],
  },

  /** y = min(max(x, min), max). The vjp reads y; 0 at both bounds. */
  clip: {
    ...pointwise<Range>(clamp, ({ min, max }) => ['clip', min, max]),
    vjp: (g, { output: y, attrs: { min, max } }, ct) => [() => g.emit('gate', [ct, y], { lo: min, hi: max })],
  },

  /** y = x where x > 0, else alpha·x; f'(0) = alpha */
  leakyRelu: {
    ...pointwise<Alpha>(
      (x, { alpha }) => (x > 0 ? x : alpha * x),
      ({ alpha }) => ['leakyRelu', alpha],
    ),
    vjp: (g, { inputs: [x], attrs: { alpha } }, ct) => [() => wherePositive(g, x, ct, times(g, ct, alpha))],
  },

  /** y = x where x > 0, else alpha·(eˣ−1); there f' = y + alpha */
  elu: {
    ...pointwise<Alpha>(
      (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)),
      ({ alpha }) => ['elu', alpha],
    ),
    vjp: (g, { inputs: [x], output: y, attrs: { alpha } }, ct) => [
      () => wherePositive(g, x, ct, g.mul(ct, plus(g, y, alpha))),
    ],
  },

  /** y = 1/(1+e^−x), finite for every x. The vjp reads y. */
  sigmoid: {
    ...pointwise(stableSigmoid, () => ['sigmoid']),
    vjp: (g, { output: y }, ct) => [() => g.mul(ct, g.mul(y, g.sub(g.scalar(1), y)))],
  },

  /** y = max(0, min(1, alpha·x + beta)); f' = 0 at both kinks */
  hardSigmoid: {
    ...pointwise(hardSigmoid, ({ alpha, beta }) => ['hardSigmoid', alpha, beta]),
    vjp: (g, { output: y, attrs: { alpha } }, ct) => [() => times(g, g.emit('gate', [ct, y], unit), alpha)],
  },

  /** y = x·h with h = hardSigmoid(x; 1/6, 1/2); f' = h + x·h' */
  hardSwish: {
    ...pointwise(
      (x) => x * hardSigmoid(x, { alpha: 1 / 6, beta: 1 / 2 }),
      () => ['hardSwish'],
    ),
    vjp: (g, { inputs: [x] }, ct) => [
      () => {
        const h = g.emit('hardSigmoid', [x], { alpha: 1 / 6, beta: 1 / 2 })
        return g.mul(ct, g.add(h, g.emit('gate', [times(g, x, 1 / 6), h], unit)))
      },
    ],
  },

  /** y = tanh x. The vjp reads y. */
  tanh: {
    ...pointwise(Math.tanh, () => ['tanh']),
    vjp: (g, { output: y }, ct) => [() => g.mul(ct, g.sub(g.scalar(1), square(g, y)))],
  },

  /** y = ln(1+eˣ) without overflow; f' = sigmoid x */
  softplus: {
    ...pointwise(stableSoftplus, () => ['softplus']),
    vjp: (g, { inputs: [x] }, ct) => [() => g.mul(ct, g.emit('sigmoid', [x], {}))],
  },

  /** y = x·Φ(x) with the normal distribution Φ, or its tanh approximation (Hendrycks & Gimpel 2016) */
  gelu: {
    ...pointwise<{ approximate: 'none' | 'tanh' }>(
      (x, { approximate }) =>
        approximate === 'none'
          ? (x * erfc(-x * Math.SQRT1_2)) / 2
          : (x * (1 + Math.tanh(GELU_SLOPE * (x + GELU_CUBE * x ** 3)))) / 2,
      ({ approximate }) => [approximate === 'none' ? 'gelu' : 'geluTanh'],
    ),
    vjp: (g, { inputs: [x], attrs: { approximate } }, ct) => [
      () => g.mul(ct, approximate === 'none' ? geluSlope(g, x) : geluTanhSlope(g, x)),
    ],
  },

  /** y = x where x > 0, else slope·x, the slope broadcast to x; f'(0) = slope */
  prelu: {
    ...pairwise(
      (x, slope) => (x > 0 ? x : slope * x),
      () => ['prelu'],
      broadcastToFirst,
    ),
    vjp: (g, { inputs: [x, slope] }, ct) => [
      () => wherePositive(g, x, ct, g.mul(ct, slope)),
      () => g.mul(ct, g.emit('clip', [x], { min: Number.NEGATIVE_INFINITY, max: 0 })),
    ],
  },

  /** y = ct where lo < y < hi, else 0: linear in ct, constant in y almost everywhere. */
  gate: {
    ...pairwise<{ lo: number; hi: number }>(
      (ct, y, { lo, hi }) => (y > lo && y < hi ? ct : 0),
      ({ lo, hi }) => ['gate', lo, hi],
    ),
    vjp: (g, { inputs: [, y], attrs }, ct) => [() => g.emit('gate', [ct, y], attrs), undefined],
  },
}

const GELU_SLOPE = Math.sqrt(2 / Math.PI)
const GELU_CUBE = 0.044715

/** Φ(x) + x·φ(x) */
function geluSlope(g: GraphBuilder, x: Value): Value {
  const cdf = times(g, plus(g, g.emit('erf', [times(g, x, Math.SQRT1_2)], {}), 1), 0.5)
  const density = times(g, exp(g, times(g, square(g, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return g.add(cdf, g.mul(x, density))
}

/** (1+t)/2 + x·(1−t²)·u'/2 with t = tanh u, u = √(2/π)·(x + 0.044715·x³) */
function geluTanhSlope(g: GraphBuilder, x: Value): Value {
  const x2 = square(g, x)
  const u = times(g, g.mul(x, plus(g, times(g, x2, GELU_CUBE), 1)), GELU_SLOPE)
  const t = g.emit('tanh', [u], {})
  const du = times(g, plus(g, times(g, x2, 3 * GELU_CUBE), 1), GELU_SLOPE)
  const rise = g.mul(g.mul(x, du), g.sub(g.scalar(1), square(g, t)))
  return times(g, g.add(plus(g, t, 1), rise), 0.5)
}

function broadcastToFirst([x, slope]: readonly [ValueType, ValueType]): ValueType {
  if (!sameShape(broadcastShapes(x.shape, slope.shape), x.shape))
    throw new CoreError(
      'shape',
      `a slope of ${formatShape(slope.shape)} does not broadcast to ${formatShape(x.shape)}`,
    )
  return { shape: x.shape, dtype: x.dtype }
}
