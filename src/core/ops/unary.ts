import type { NoAttrs, Signature, V } from '../ir/graph.ts'
import { exp, square, times } from './build.ts'
import { pointwise } from './elementwise.ts'
import type { OpTable } from './op.ts'
import { erf } from './special-functions.ts'

type Unary<Attrs = NoAttrs> = Signature<[x: V], Attrs>

declare module '../ir/graph.ts' {
  interface OpSignatures {
    neg: Unary
    abs: Unary
    /** −1, 0 or 1; the vjp of `abs` */
    sign: Unary
    sqrt: Unary
    exp: Unary
    log: Unary
    erf: Unary
  }
}

type Names = 'neg' | 'abs' | 'sign' | 'sqrt' | 'exp' | 'log' | 'erf'

/** Elementwise functions of one tensor. (ONNX ops of the same names) */
export const unary: Pick<OpTable, Names> = {
  /** y = −x */
  neg: {
    ...pointwise(
      (x) => -x,
      () => ['neg'],
    ),
    vjp: (g, _, ct) => [() => g.neg(ct)],
  },

  /** y = |x|; f'(0) = 0 */
  abs: {
    ...pointwise(Math.abs, () => ['abs']),
    vjp: (g, { inputs: [x] }, ct) => [() => g.mul(ct, g.emit('sign', [x], {}))],
  },

  /** y = −1, 0 or 1. The gradient is zero wherever there is one: no node is emitted. */
  sign: { ...pointwise(Math.sign, () => ['sign']), vjp: () => [undefined] },

  /** y = √x. The vjp reads y: infinite at 0. */
  sqrt: {
    ...pointwise(Math.sqrt, () => ['sqrt']),
    vjp: (g, { output: y }, ct) => [() => g.div(ct, times(g, y, 2))],
  },

  /** y = eˣ */
  exp: { ...pointwise(Math.exp, () => ['exp']), vjp: (g, { output: y }, ct) => [() => g.mul(ct, y)] },

  /** y = ln x; −∞ at 0, NaN below */
  log: { ...pointwise(Math.log, () => ['log']), vjp: (g, { inputs: [x] }, ct) => [() => g.div(ct, x)] },

  /** y = erf(x) = 2/√π·∫₀ˣ e^(−t²) dt */
  erf: {
    ...pointwise(erf, () => ['erf']),
    vjp: (g, { inputs: [x] }, ct) => [
      () => g.mul(ct, times(g, exp(g, g.neg(square(g, x))), 2 / Math.sqrt(Math.PI))),
    ],
  },
}
