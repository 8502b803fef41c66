/*
 * x^y for f32, computed in f64 and rounded once: no tables, hence no static data.
 */

function log2(x: f64): f64 {
  let bits = reinterpret<i64>(x)
  // mantissa in √½ … √2
  const shifted = bits - 0x3fe6a09e667f3bcd
  const exponent = <f64>(shifted >> 52)
  bits = (shifted & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd
  const m = reinterpret<f64>(bits)
  // 2·artanh((m−1)/(m+1))
  const s = (m - 1) / (m + 1)
  const z = s * s
  let sum: f64 = 0
  for (let n: f64 = 15; n >= 1; n -= 2) sum = sum * z + 1 / n
  return exponent + sum * s * 2.8853900817779268
}

function exp2(x: f64): f64 {
  const whole = nearest(x)
  const r = (x - whole) * 0.6931471805599453
  let sum: f64 = 1
  for (let n: f64 = 11; n >= 1; n--) sum = 1 + (sum * r) / n
  return sum * reinterpret<f64>((<i64>whole + 1023) << 52)
}

/** As C's powf: 1 for y = 0 or x = 1, NaN for a negative x with y not whole. */
export function pow(x: f32, y: f32): f32 {
  if (y == 0 || x == 1) return 1
  if (x != x || y != y) return NaN
  const magnitude = abs(x)
  const half = y * 0.5
  const wholeY = floor(y) == y
  const odd = wholeY && floor(half) != half
  const negative = odd && reinterpret<i32>(x) < 0
  let result: f32
  if (magnitude == 0) result = y > 0 ? 0 : Infinity
  else if (magnitude == Infinity) result = y > 0 ? Infinity : 0
  else if (abs(y) == Infinity) result = magnitude == 1 ? 1 : magnitude > 1 == y > 0 ? Infinity : 0
  else if (x < 0 && !wholeY) return NaN
  else result = <f32>exp2(min(max(<f64>y * log2(magnitude), -300), 300))
  return negative ? -result : result
}
