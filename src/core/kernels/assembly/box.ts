import { foldBlock, openFold } from './fold'
import { BoxArgs, PictureArgs } from './generated/args'
import { SUM } from './generated/fold-rows'
import { nextBlock } from './picture'
import { openUnit } from './unit'

/** Rows are output rows; columns are floats of them. */
export function boxKernel(pointer: usize, unit: i32): void {
  const args = changetype<BoxArgs>(pointer)
  const picture = changetype<PictureArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  openFold(picture, SUM)
  while (nextBlock()) foldBlock(picture, args.scale)
}
