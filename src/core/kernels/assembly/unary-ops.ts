import { madd } from './madd'
import * as math from './vector-math'

/*
 * The functions of `unaryOps`, of four lanes and the parameters p and q. Those that take many instructions stay calls.
 */

// @ts-ignore: decorator
@inline
function c(value: f32): v128 {
  return f32x4.splat(value)
}

// @ts-ignore: decorator
@inline
export function neg(x: v128, p: v128, q: v128): v128 {
  return f32x4.neg(x)
}
// @ts-ignore: decorator
@inline
export function abs(x: v128, p: v128, q: v128): v128 {
  return f32x4.abs(x)
}
// @ts-ignore: decorator
@inline
export function sign(x: v128, p: v128, q: v128): v128 {
  return v128.bitselect(c(1), v128.bitselect(c(-1), x, f32x4.lt(x, c(0))), f32x4.gt(x, c(0)))
}
// @ts-ignore: decorator
@inline
export function sqrt(x: v128, p: v128, q: v128): v128 {
  return f32x4.sqrt(x)
}
// @ts-ignore: decorator
@inline
export function exp(x: v128, p: v128, q: v128): v128 {
  return math.exp(x)
}
// @ts-ignore: decorator
@inline
export function log(x: v128, p: v128, q: v128): v128 {
  return math.log(x)
}
// @ts-ignore: decorator
@inline
export function erf(x: v128, p: v128, q: v128): v128 {
  return math.erf(x)
}
// @ts-ignore: decorator
@inline
export function clip(x: v128, p: v128, q: v128): v128 {
  return math.limit(x, p, q)
}
// @ts-ignore: decorator
@inline
export function leakyRelu(x: v128, p: v128, q: v128): v128 {
  return v128.bitselect(f32x4.mul(x, p), x, f32x4.lt(x, c(0)))
}
// @ts-ignore: decorator
@inline
export function elu(x: v128, p: v128, q: v128): v128 {
  return v128.bitselect(f32x4.mul(p, math.expm1(x)), x, f32x4.lt(x, c(0)))
}
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128, p: v128, q: v128): v128 {
  return math.sigmoid(x)
}
// @ts-ignore: decorator
@inline
export function hardSigmoid(x: v128, p: v128, q: v128): v128 {
  return math.limit(madd(x, p, q), c(0), c(1))
}
// @ts-ignore: decorator
@inline
export function hardSwish(x: v128, p: v128, q: v128): v128 {
  return f32x4.mul(x, math.limit(madd(x, c(1.0 / 6), c(0.5)), c(0), c(1)))
}
// @ts-ignore: decorator
@inline
export function tanh(x: v128, p: v128, q: v128): v128 {
  return math.tanh(x)
}
// @ts-ignore: decorator
@inline
export function softplus(x: v128, p: v128, q: v128): v128 {
  return math.softplus(x)
}
// @ts-ignore: decorator
@inline
export function gelu(x: v128, p: v128, q: v128): v128 {
  return math.gelu(x)
}
/** x·(1+tanh(√(2/π)·(x+0.044715x³)))/2, which is x times a sigmoid */
// @ts-ignore: decorator
@inline
export function geluTanh(x: v128, p: v128, q: v128): v128 {
  const inner = f32x4.mul(x, madd(f32x4.mul(x, x), c(0.044715), c(1)))
  return f32x4.mul(x, math.sigmoid(f32x4.mul(inner, c(1.59576912))))
}
