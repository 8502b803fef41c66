import { CorrelateArgs, PictureArgs } from './generated/args'
import { weighPair, weighTaps } from './generated/picture-tiles'
import { blockFloats, finishRow, listPictureRows, nextBlock, openPicture, ownBytes, ownRow, resultRow } from './picture'
import { openUnit, rowBegin, rowEnd } from './unit'

/** Of a tap: where its row's address is in the list of rows, how far into the row it is, its weight. */
const TAP_BYTES: i32 = 12

/** Rows are output rows; columns are floats of them. */
export function correlateKernel(pointer: usize, unit: i32): void {
  const args = changetype<CorrelateArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const tapsBytes = (args.kernelH * args.kernelW * TAP_BYTES + 63) & ~63
  openPicture(changetype<PictureArgs>(pointer), args.kernelH + 1, 2, tapsBytes)
  const taps = ownBytes()
  const tapsEnd = listTaps(args, taps)
  // weights of 0 are left out one row at a time
  const inPairs = tapsEnd - taps == args.kernelH * args.kernelW * TAP_BYTES
  while (nextBlock()) {
    const spare = ownRow(0)
    let row = rowBegin
    if (inPairs) for (; row + 1 < rowEnd; row += 2) correlatePair(args, row)
    for (; row < rowEnd; row++) {
      const list = listPictureRows(args.firstRow + row - args.top, args.kernelH)
      weighTaps(list, taps, tapsEnd, resultRow(row, spare), blockFloats << 2)
      finishRow(row, spare)
    }
  }
}

/** Two rows of results of a window without weights of 0. */
function correlatePair(args: CorrelateArgs, row: i32): void {
  const list = listPictureRows(args.firstRow + row - args.top, args.kernelH + 1)
  const step = args.channels << 2
  const first = resultRow(row, ownRow(0))
  const second = resultRow(row + 1, ownRow(1))
  weighPair(list, args.kernelH, args.kernelW, step, args.w, first, second, blockFloats << 2)
  finishRow(row, ownRow(0))
  finishRow(row + 1, ownRow(1))
}

/** Lists the taps whose weight is not 0; answers where the list ends. */
function listTaps(args: CorrelateArgs, taps: usize): usize {
  let w = args.w
  let tap = taps
  for (let i = 0; i < args.kernelH; i++) {
    for (let j = 0; j < args.kernelW; j++, w += 4) {
      const weight = load<f32>(w)
      if (weight == 0) continue
      store<i32>(tap, i << 2)
      store<i32>(tap, (j * args.channels) << 2, 4)
      store<f32>(tap, weight, 8)
      tap += TAP_BYTES
    }
  }
  return tap
}
