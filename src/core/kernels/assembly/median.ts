import { RankArgs, PictureArgs } from './generated/args'
import { hasMedian, medians, sortColumns } from './generated/median-rows'
import { blockExtent, blockFloats, finishRow, listPictureRows, nextBlock, openPicture, ownRow, ownRowFloats, resultRow } from './picture'
import { rowBegin, rowEnd } from './unit'

/** Whether a network knows the answer. */
export function isMedian(args: RankArgs): bool {
  const side = args.kernelH
  return side == args.kernelW && args.index == (side * side) >> 1 && hasMedian(side)
}

/** The unit's results, row by row: sorted columns first, then the windows along them. */
export function medianUnit(args: RankArgs): void {
  const side = args.kernelH
  openPicture(changetype<PictureArgs>(args), side, side + 1, 0)
  const step = ownRowFloats() << 2
  while (nextBlock()) {
    const sorted = ownRow(0)
    const spare = ownRow(side)
    for (let row = rowBegin; row < rowEnd; row++) {
      const list = listPictureRows(args.firstRow + row - args.top, side)
      sortColumns(side, list, sorted, step, blockExtent << 2)
      medians(side, sorted, step, args.channels << 2, resultRow(row, spare), blockFloats << 2)
      finishRow(row, spare)
    }
  }
}
