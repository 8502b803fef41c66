import { FillArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function fillKernel(pointer: usize, unit: i32): void {
  const args = changetype<FillArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  const value = f32x4.splat(args.value)
  let out = args.out + columnBegin * 4
  const end = args.out + columnEnd * 4
  for (; out + 32 <= end; out += 32) {
    v128.store(out, value, 16)
    v128.store(out, value)
  }
  for (; out < end; out += 4) store<f32>(out, args.value)
}
