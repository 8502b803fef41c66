import { foldBlock, openFold } from './fold'
import { ExtremeArgs, PictureArgs } from './generated/args'
import { LEAST, MOST } from './generated/fold-rows'
import { nextBlock } from './picture'
import { openUnit } from './unit'

/** Rows are output rows; columns are floats of them. */
export function extremeKernel(pointer: usize, unit: i32): void {
  const args = changetype<ExtremeArgs>(pointer)
  const picture = changetype<PictureArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  openFold(picture, args.mode == 0 ? LEAST : MOST)
  while (nextBlock()) foldBlock(picture, 1)
}
