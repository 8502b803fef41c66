import { NormalArgs } from './generated/args'
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
  const x = f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(odd), f32x4.splat(1.1920929e-7)), f32x4.splat(1))
  return f32x4.mul(f32x4.splat(1.41421356), math.inverseErf(x))
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
