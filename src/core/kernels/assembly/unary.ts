import { UnaryArgs } from './generated/args'
import { unaryRow } from './generated/elementwise'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function unaryKernel(pointer: usize, unit: i32): void {
  const args = changetype<UnaryArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  const offset = columnBegin * 4
  const count = columnEnd - columnBegin
  unaryRow(args.op, args.x + offset, 1, args.out + offset, count, args.p, args.q)
}
