import { PictureArgs, SeparableArgs } from './generated/args'
import { COLUMN_ROWS, weighColumn, weighColumns, weighRow } from './generated/picture-tiles'
import { blockExtent, blockFloats, finishRow, listPictureRows, nextBlock, openPicture, ownRow, ownRowFloats, resultRow } from './picture'
import { openUnit, rowBegin, rowEnd } from './unit'

/** Rows are output rows; columns are floats of them. Down first, some rows together, then along. */
export function separableKernel(pointer: usize, unit: i32): void {
  const args = changetype<SeparableArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  // one more row for results
  openPicture(changetype<PictureArgs>(pointer), args.kernelH + COLUMN_ROWS - 1, COLUMN_ROWS + 1, 0)
  while (nextBlock()) {
    const sums = ownRow(0)
    const spare = ownRow(COLUMN_ROWS)
    for (let row = rowBegin; row < rowEnd; row += COLUMN_ROWS) {
      const rows = min(COLUMN_ROWS, rowEnd - row)
      const list = listPictureRows(args.firstRow + row - args.top, args.kernelH + rows - 1)
      if (rows == COLUMN_ROWS && args.kernelH >= COLUMN_ROWS - 1) {
        weighColumns(list, args.kernelH, args.wy, sums, ownRowFloats() << 2, blockExtent << 2)
      } else {
        for (let i = 0; i < rows; i++) weighColumn(list + (i << 2), args.kernelH, args.wy, ownRow(i), blockExtent << 2)
      }
      for (let i = 0; i < rows; i++) {
        weighRow(ownRow(i), args.channels << 2, args.kernelW, args.wx, resultRow(row + i, spare), blockFloats << 2)
        finishRow(row + i, spare)
      }
    }
  }
}
