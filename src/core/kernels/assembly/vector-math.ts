import { madd } from './madd'

/*
 * Functions of four f32 lanes. NaN passes through: pmin and pmax return their first operand where the two do not compare.
 */

// @ts-ignore: decorator
@inline
function c(value: f32): v128 {
  return f32x4.splat(value)
}

/** x limited to low … high; NaN stays. */
// @ts-ignore: decorator
@inline
export function limit(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high)
}

/** (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2 (Cephes expf) */
// @ts-ignore: decorator
@inline
export function expTail(r: v128): v128 {
  let y = madd(c(1.98756915e-4), r, c(1.39819995e-3))
  y = madd(y, r, c(8.33345191e-3))
  y = madd(y, r, c(4.16657959e-2))
  y = madd(y, r, c(1.66666655e-1))
  return madd(y, r, c(0.5))
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
}

/** e^x within 2 ulp; 0 and ∞ where that is what f32 can say. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // outside, the result is 0 or ∞ as at the limits
  const limited = limit(x, c(-104), c(89))
  const n = f32x4.nearest(f32x4.mul(limited, c(1.44269504)))
  // ln 2 in two parts: n · 0.693359375 is exact
  let r = madd(n, c(-0.693359375), limited)
  r = madd(n, c(2.12194440e-4), r)
  const y = f32x4.add(madd(expTail(r), f32x4.mul(r, r), r), c(1))
  // 2^n in two steps, for the results below 2^−126 and above 2^127
  const whole = i32x4.trunc_sat_f32x4_s(n)
  const half = i32x4.shr_s(whole, 1)
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)))
}

/** e^x for x ≤ 0 in fewer steps; never below e^−60, which products with it may still fall from without becoming denormal. */
// @ts-ignore: decorator
@inline
export function expNegative(x: v128): v128 {
  const limited = f32x4.pmax(x, c(-60))
  // added, it leaves a whole number in the lowest bits
  const whole = madd(limited, c(1.44269504), c(12582912))
  const n = f32x4.sub(whole, c(12582912))
  let r = madd(n, c(-0.693359375), limited)
  r = madd(n, c(2.12194440e-4), r)
  const y = f32x4.add(madd(expTail(r), f32x4.mul(r, r), r), c(1))
  return f32x4.mul(y, i32x4.add(i32x4.shl(whole, 23), i32x4.splat(0x3f800000)))
}

/** e^x − 1 without cancellation near 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const small = madd(expTail(x), f32x4.mul(x, x), x)
  return v128.bitselect(small, f32x4.sub(exp(x), c(1)), f32x4.lt(f32x4.abs(x), c(0.34)))
}

/** ln(1+x) for 0 ≤ x ≤ 1: 2·artanh(x/(2+x)) as a series. */
// @ts-ignore: decorator
@inline
export function log1pUnit(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, c(2)))
  const z = f32x4.mul(s, s)
  let y = madd(z, c(1.0 / 15), c(1.0 / 13))
  y = madd(y, z, c(1.0 / 11))
  y = madd(y, z, c(1.0 / 9))
  y = madd(y, z, c(1.0 / 7))
  y = madd(y, z, c(1.0 / 5))
  y = madd(y, z, c(1.0 / 3))
  y = f32x4.mul(y, z)
  const twice = f32x4.add(s, s)
  return madd(y, twice, twice)
}

/** ln x (Cephes logf); −∞ at 0, NaN below. */
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, c(1.17549435e-38))
  const scaled = v128.bitselect(f32x4.mul(x, c(8388608)), x, tiny)
  let y = logOfNormal(scaled, v128.and(tiny, c(23)))
  y = v128.bitselect(c(-Infinity), y, f32x4.eq(x, c(0)))
  y = v128.bitselect(c(NaN), y, f32x4.lt(x, c(0)))
  // ∞ and NaN answer themselves
  return v128.bitselect(y, x, f32x4.lt(x, c(Infinity)))
}

/** ln (x / 2^scale) of positive numbers that are neither subnormal nor ∞. */
// @ts-ignore: decorator
@inline
function logOfNormal(x: v128, scale: v128): v128 {
  // mantissa in √½ … √2
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3))
  const e = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), scale)
  const f = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3)), c(1))
  let y = madd(c(7.0376836292e-2), f, c(-1.1514610310e-1))
  y = madd(y, f, c(1.1676998740e-1))
  y = madd(y, f, c(-1.2420140846e-1))
  y = madd(y, f, c(1.4249322787e-1))
  y = madd(y, f, c(-1.6668057665e-1))
  y = madd(y, f, c(2.0000714765e-1))
  y = madd(y, f, c(-2.4999993993e-1))
  y = madd(y, f, c(3.3333331174e-1))
  const z = f32x4.mul(f, f)
  y = f32x4.mul(f32x4.mul(y, f), z)
  y = madd(e, c(-2.12194440e-4), y)
  y = madd(z, c(-0.5), y)
  return madd(e, c(0.693359375), f32x4.add(f, y))
}

/** 1/(1+e^−x), without overflow or cancellation. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)))
  const top = v128.bitselect(c(1), e, f32x4.ge(x, c(0)))
  return f32x4.div(top, f32x4.add(e, c(1)))
}

/** tanh x (Cephes tanhf) */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let y = madd(c(-5.70498873e-3), z, c(2.06390888e-2))
  y = madd(y, z, c(-5.37397156e-2))
  y = madd(y, z, c(1.33314422e-1))
  y = madd(y, z, c(-3.33332819e-1))
  const small = madd(f32x4.mul(y, z), x, x)
  const magnitude = f32x4.abs(x)
  const e = exp(f32x4.add(magnitude, magnitude))
  const large = f32x4.sub(c(1), f32x4.div(c(2), f32x4.add(e, c(1))))
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(small, signed, f32x4.lt(magnitude, c(0.625)))
}

/** ln(1+e^x) */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, c(0)), log1pUnit(exp(f32x4.neg(f32x4.abs(x)))))
}

/**
 * erfc z, to a few ulp of the result, for z ≥ 0 given with z² in two parts, the first exact: else the tail's relative error
 * would be that of z² (Numerical Recipes, erfcc).
 */
function erfc(z: v128, squareHigh: v128, squareLow: v128): v128 {
  const t = f32x4.div(c(1), madd(z, c(0.5), c(1)))
  let y = madd(c(0.17087277), t, c(-0.82215223))
  y = madd(y, t, c(1.48851587))
  y = madd(y, t, c(-1.13520398))
  y = madd(y, t, c(0.27886807))
  y = madd(y, t, c(-0.18628806))
  y = madd(y, t, c(0.09678418))
  y = madd(y, t, c(0.37409196))
  y = madd(y, t, c(1.00002368))
  y = madd(y, t, c(-1.26551223))
  return f32x4.mul(f32x4.mul(t, exp(f32x4.sub(y, squareLow))), exp(f32x4.neg(squareHigh)))
}

/** The upper half of a mantissa: its square is exact. */
// @ts-ignore: decorator
@inline
function upperHalf(x: v128): v128 {
  return v128.and(x, i32x4.splat(0xfffff000))
}

/** erf x within 2e−7; a series near 0. */
export function erf(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let y = madd(c(-7.5757576e-4), z, c(4.6296296e-3))
  y = madd(y, z, c(-2.3809524e-2))
  y = madd(y, z, c(0.1))
  y = madd(y, z, c(-0.33333333))
  const small = f32x4.mul(madd(f32x4.mul(y, z), x, x), c(1.12837917))
  // beyond, erf is ±1 in f32
  const magnitude = f32x4.pmin(f32x4.abs(x), c(10))
  const high = upperHalf(magnitude)
  const low = f32x4.mul(f32x4.sub(magnitude, high), f32x4.add(magnitude, high))
  const large = f32x4.sub(c(1), erfc(magnitude, f32x4.mul(high, high), low))
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(small, signed, f32x4.lt(magnitude, c(0.5)))
}

/** −ln(1 − x²), from which erf⁻¹ x is made, for x between −1 and 1 and not nearer to them than 2⁻²³. */
// @ts-ignore: decorator
@inline
export function erfDepth(x: v128): v128 {
  return f32x4.neg(logOfNormal(f32x4.mul(f32x4.sub(c(1), x), f32x4.add(c(1), x)), c(0)))
}

/** Where `erfDepth` asks for `inverseErfTail`. */
// @ts-ignore: decorator
@inline
export function isErfTail(depth: v128): v128 {
  return f32x4.ge(depth, c(5))
}

/** erf⁻¹ x where its depth is below 5: 99.7 % of all x. */
// @ts-ignore: decorator
@inline
export function inverseErfCentral(x: v128, depth: v128): v128 {
  const near = f32x4.sub(depth, c(2.5))
  let y = madd(c(2.81022636e-8), near, c(3.43273939e-7))
  y = madd(y, near, c(-3.5233877e-6))
  y = madd(y, near, c(-4.39150654e-6))
  y = madd(y, near, c(0.00021858087))
  y = madd(y, near, c(-0.00125372503))
  y = madd(y, near, c(-0.00417768164))
  y = madd(y, near, c(0.246640727))
  return f32x4.mul(x, madd(y, near, c(1.50140941)))
}

/** erf⁻¹ x where its depth is 5 or more. */
export function inverseErfTail(x: v128, depth: v128): v128 {
  const far = f32x4.sub(f32x4.sqrt(depth), c(3))
  let z = madd(c(-0.000200214257), far, c(0.000100950558))
  z = madd(z, far, c(0.00134934322))
  z = madd(z, far, c(-0.00367342844))
  z = madd(z, far, c(0.00573950773))
  z = madd(z, far, c(-0.0076224613))
  z = madd(z, far, c(0.00943887047))
  z = madd(z, far, c(1.00167406))
  return f32x4.mul(x, madd(z, far, c(2.83297682)))
}

/** x·Φ(x); the negative tail keeps its relative accuracy. */
export function gelu(x: v128): v128 {
  const magnitude = f32x4.pmin(f32x4.abs(x), c(20))
  const high = upperHalf(magnitude)
  const low = f32x4.mul(f32x4.sub(magnitude, high), f32x4.add(magnitude, high))
  const half = c(0.5)
  const tail = erfc(f32x4.mul(magnitude, c(0.70710678)), f32x4.mul(f32x4.mul(high, high), half), f32x4.mul(low, half))
  const twice = v128.bitselect(tail, f32x4.sub(c(2), tail), f32x4.lt(x, c(0)))
  return f32x4.mul(f32x4.mul(x, half), twice)
}
