import { ToFloatArgs } from './generated/args'
import { U8 } from './sample-type'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function toFloatKernel(pointer: usize, unit: i32): void {
  const args = changetype<ToFloatArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  if (args.type == U8) fromBytes(args.x, args.out)
  else fromWords(args.x, args.out)
}

function fromBytes(x: usize, out: usize): void {
  let i = columnBegin
  for (; i + 16 <= columnEnd; i += 16) {
    const bytes = v128.load(x + i)
    const low = i16x8.extend_low_i8x16_u(bytes)
    const high = i16x8.extend_high_i8x16_u(bytes)
    storeWords(low, out + (i << 2))
    storeWords(high, out + ((i + 8) << 2))
  }
  for (; i < columnEnd; i++) store<f32>(out + (i << 2), <f32>load<u8>(x + i))
}

function fromWords(x: usize, out: usize): void {
  let i = columnBegin
  for (; i + 8 <= columnEnd; i += 8) storeWords(v128.load(x + (i << 1)), out + (i << 2))
  for (; i < columnEnd; i++) store<f32>(out + (i << 2), <f32>load<u16>(x + (i << 1)))
}

/** 8 u16 as floats. */
// @ts-ignore: decorator
@inline
function storeWords(words: v128, out: usize): void {
  v128.store(out, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words)), 16)
  v128.store(out, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)))
}
