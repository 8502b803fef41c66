import type { binaryOps, unaryOps } from './list.ts'

/** x limited to low … high. */
export const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high)

/** erf z for 0 ≤ z < 2, by its series. */
function erfSeries(z: number): number {
  let term = z
  let sum = z
  for (let n = 1; n < 60; n++) {
    term *= (-z * z) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

/** erfc z for z ≥ 2, by its continued fraction. */
function erfcFraction(z: number): number {
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction)
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction)
}

const erf = (z: number): number =>
  Math.sign(z) * (Math.abs(z) < 2 ? erfSeries(Math.abs(z)) : 1 - erfcFraction(Math.abs(z)))
const erfc = (z: number): number => (z < 2 ? 1 - erf(z) : erfcFraction(z))

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))

/** The functions of `unaryOps`, in f64: x and the parameters p and q. */
export const unaryFunctions: {
  readonly [Op in (typeof unaryOps)[number]]: (x: number, p: number, q: number) => number
} = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  erf,
  clip,
  leakyRelu: (x, p) => (x < 0 ? p * x : x),
  elu: (x, p) => (x < 0 ? p * Math.expm1(x) : x),
  sigmoid,
  hardSigmoid: (x, p, q) => clip(p * x + q, 0, 1),
  hardSwish: (x) => x * clip(x / 6 + 0.5, 0, 1),
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => (x * erfc(-x / Math.SQRT2)) / 2,
  geluTanh: (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
}

/** Those of `binaryOps`. */
export const binaryFunctions: {
  readonly [Op in (typeof binaryOps)[number]]: (a: number, b: number, p: number, q: number) => number
} = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  // unlike Math.pow, C's powf and PyTorch answer 1 for a base of 1, and of −1 with an infinite exponent
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  prelu: (a, b) => (a < 0 ? a * b : a),
  gate: (a, b, p, q) => (p < b && b < q ? a : 0),
  equal: (a, b) => (a === b ? 1 : 0),
}
