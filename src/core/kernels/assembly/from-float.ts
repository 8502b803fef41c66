import { FromFloatArgs } from './generated/args'
import { U8 } from './sample-type'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function fromFloatKernel(pointer: usize, unit: i32): void {
  const args = changetype<FromFloatArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  if (args.type == U8) toBytes(args.x, args.out)
  else toWords(args.x, args.out)
}

function toBytes(x: usize, out: usize): void {
  const most = f32x4.splat(255)
  let i = columnBegin
  for (; i + 16 <= columnEnd; i += 16) {
    const from = x + (i << 2)
    const low = i16x8.narrow_i32x4_u(rounded(v128.load(from), most), rounded(v128.load(from, 16), most))
    const high = i16x8.narrow_i32x4_u(rounded(v128.load(from, 32), most), rounded(v128.load(from, 48), most))
    v128.store(out + i, i8x16.narrow_i16x8_u(low, high))
  }
  for (; i < columnEnd; i++) {
    store<u8>(out + i, <u8>i32x4.extract_lane(rounded(v128.load32_zero(x + (i << 2)), most), 0))
  }
}

function toWords(x: usize, out: usize): void {
  const most = f32x4.splat(65535)
  let i = columnBegin
  for (; i + 8 <= columnEnd; i += 8) {
    const from = x + (i << 2)
    const words = i16x8.narrow_i32x4_u(rounded(v128.load(from), most), rounded(v128.load(from, 16), most))
    v128.store(out + (i << 1), words)
  }
  for (; i < columnEnd; i++) {
    store<u16>(out + (i << 1), <u16>i32x4.extract_lane(rounded(v128.load32_zero(x + (i << 2)), most), 0))
  }
}

/** Whole numbers from 0 to `most`: halves go up, NaN and what is below 0 are 0. */
// @ts-ignore: decorator
@inline
function rounded(x: v128, most: v128): v128 {
  const inside = f32x4.pmin(most, v128.and(x, f32x4.gt(x, f32x4.splat(0))))
  const whole = i32x4.trunc_sat_f32x4_s(inside)
  // exact: added first, a half could round up what is just below it
  const rest = f32x4.sub(inside, f32x4.convert_i32x4_s(whole))
  return i32x4.sub(whole, f32x4.ge(rest, f32x4.splat(0.5)))
}
