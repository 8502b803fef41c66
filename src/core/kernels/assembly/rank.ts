import { RankArgs } from './generated/args'
import { isMedian, medianUnit } from './median'
import { selectUnit } from './rank-select'
import { openUnit } from './unit'

/** Rows are output rows; columns are floats of them, all in one unit. */
export function rankKernel(pointer: usize, unit: i32): void {
  const args = changetype<RankArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  if (isMedian(args)) medianUnit(args)
  else selectUnit(args)
}
