import { NormalArgs } from './generated/args'
import { madd } from './madd'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'
import * as math from './vector-math'

/** Rows are samples; columns are their elements. */
export function normalKernel(pointer: usize, unit: i32): void {
  const args = changetype<NormalArgs>(pointer)
  openUnit(unit, args.batch, args.length, args.rowsPerUnit, args.columnsPerUnit)
  for (let row = rowBegin; row < rowEnd; row++) {
    const key = args.keys + row * 8
    const high = <i32>load<f32>(key) << 16
    normalRow(high | <i32>load<f32>(key, 4), args.out + row * args.length * 4)
  }
}

function normalRow(key: i32, out: usize): void {
  const keys = i32x4.splat(key)
  let index = i32x4.add(i32x4.splat(columnBegin), i32x4(0, 1, 2, 3))
  let i = columnBegin
  for (; i + 4 <= columnEnd; i += 4) {
    v128.store(out + i * 4, deviate(index, keys))
    index = i32x4.add(index, i32x4.splat(4))
  }
  if (i == columnEnd) return
  const last = deviate(index, keys)
  store<f32>(out + i * 4, f32x4.extract_lane(last, 0))
  if (i + 1 < columnEnd) store<f32>(out + i * 4, f32x4.extract_lane(last, 1), 4)
  if (i + 2 < columnEnd) store<f32>(out + i * 4, f32x4.extract_lane(last, 2), 8)
}

/** See `normalDeviate`. */
// @ts-ignore: decorator
@inline
function deviate(index: v128, key: v128): v128 {
  const bits = mix(v128.xor(mix(index), key))
  const odd = i32x4.add(i32x4.shl(i32x4.shr_u(bits, 9), 1), i32x4.splat(1))
  const x = f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(odd), c(1.1920929e-7)), c(1))
  return f32x4.mul(c(1.41421356), inverseErf(x))
}

// @ts-ignore: decorator
@inline
function c(value: f32): v128 {
  return f32x4.splat(value)
}

// @ts-ignore: decorator
@inline
function mix(bits: v128): v128 {
  let h = v128.xor(bits, i32x4.shr_u(bits, 16))
  h = i32x4.mul(h, i32x4.splat(0x7feb352d))
  h = v128.xor(h, i32x4.shr_u(h, 15))
  h = i32x4.mul(h, i32x4.splat(0x846ca68b))
  return v128.xor(h, i32x4.shr_u(h, 16))
}

// @ts-ignore: decorator
@inline
function inverseErf(x: v128): v128 {
  const w = f32x4.neg(math.log(f32x4.mul(f32x4.sub(c(1), x), f32x4.add(c(1), x))))
  const near = f32x4.sub(w, c(2.5))
  let y = madd(c(2.81022636e-8), near, c(3.43273939e-7))
  y = madd(y, near, c(-3.5233877e-6))
  y = madd(y, near, c(-4.39150654e-6))
  y = madd(y, near, c(0.00021858087))
  y = madd(y, near, c(-0.00125372503))
  y = madd(y, near, c(-0.00417768164))
  y = madd(y, near, c(0.246640727))
  y = madd(y, near, c(1.50140941))
  const far = f32x4.sub(f32x4.sqrt(w), c(3))
  let z = madd(c(-0.000200214257), far, c(0.000100950558))
  z = madd(z, far, c(0.00134934322))
  z = madd(z, far, c(-0.00367342844))
  z = madd(z, far, c(0.00573950773))
  z = madd(z, far, c(-0.0076224613))
  z = madd(z, far, c(0.00943887047))
  z = madd(z, far, c(1.00167406))
  z = madd(z, far, c(2.83297682))
  return f32x4.mul(x, v128.bitselect(y, z, f32x4.lt(w, c(5))))
}
