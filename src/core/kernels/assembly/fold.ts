import { modulo } from './boundary'
import { PictureArgs } from './generated/args'
import { foldPairs, foldTriples } from './generated/fold-rows'
import { blockFloats, finishRow, openPicture, ownRow, pictureRow, resultRow } from './picture'
import { rowBegin, rowEnd } from './unit'

/*
 * Sums, minima and maxima over rectangles by folding only, nothing is ever taken out again: an error, an ∞ or a NaN ends with the
 * windows that hold it. Along a row by doubling: windows of m make those of 2m and 2m + 1. Down as van Herk, Gil and Werman
 * do: rows in groups of kernelH, counted from output row 0, so that each window is the end of a group and the beginning of the
 * next: one row folded onto each of them. All sums are the same whichever rows a unit has.
 */

/** The kernel's own rows: those of a group, the beginning of the next group, one for results. */
// @ts-ignore: decorator
@inline
export function foldRows(args: PictureArgs): i32 {
  return args.kernelH + 3
}

let kind: i32
let taps: i32
let tapBytes: i32
let scratchRow: usize

/** Begins a unit's blocks. */
export function openFold(args: PictureArgs, fold: i32): void {
  openPicture(args, 1, foldRows(args), 0)
  kind = fold
  taps = args.kernelW
  tapBytes = args.channels << 2
}

/** Folds the windows of a block; `scale` multiplies the results. */
export function foldBlock(args: PictureArgs, scale: f32): void {
  const group = args.kernelH
  const beginning = ownRow(group)
  const spare = ownRow(group + 1)
  const bytes: usize = blockFloats << 2
  scratchRow = ownRow(group + 2)
  let place = modulo(args.firstRow + rowBegin, group)
  let next = args.firstRow + rowBegin - args.top
  for (let row = place; row < group; row++) foldAlong(next++, ownRow(row))
  foldGroup(place, group, bytes)
  for (let row = 0; row < place; row++) {
    foldAlong(next++, ownRow(row))
    extendBeginning(row, beginning, bytes)
  }
  for (let row = rowBegin; row < rowEnd; row++) {
    const to = resultRow(row, spare)
    if (place == 0) memory.copy(to, ownRow(0), bytes)
    else foldPairs(kind, ownRow(place), beginning, to, bytes)
    if (scale != 1) scaleRow(to, scale, bytes)
    finishRow(row, spare)
    if (row + 1 == rowEnd) break
    foldAlong(next++, ownRow(place))
    if (place + 1 < group) {
      extendBeginning(place++, beginning, bytes)
    } else {
      place = 0
      foldGroup(0, group, bytes)
    }
  }
}

/** Each row of a group from `first` on becomes the fold of itself and those behind it. */
function foldGroup(first: i32, group: i32, bytes: usize): void {
  for (let row = group - 2; row >= first; row--) foldPairs(kind, ownRow(row), ownRow(row + 1), ownRow(row), bytes)
}

/** The beginning of the next group and one more row of it. */
// @ts-ignore: decorator
@inline
function extendBeginning(row: i32, beginning: usize, bytes: usize): void {
  if (row == 0) memory.copy(beginning, ownRow(0), bytes)
  else foldPairs(kind, beginning, ownRow(row), beginning, bytes)
}

/** The windows along one row of the picture: `taps` pixels each. */
function foldAlong(row: i32, to: usize): void {
  const x = pictureRow(row)
  const bytes: usize = blockFloats << 2
  if (taps == 1) {
    memory.copy(to, x, bytes)
    return
  }
  let folded = x
  let width = 1
  // the bits of `taps` below its highest one
  for (let bit = 30 - clz(taps); bit >= 0; bit--) {
    const odd = (taps >> bit) & 1
    const wider = 2 * width + odd
    const target = bit ? scratchRow : to
    // windows that are still to be joined with some further to the right
    const length = bytes + ((((taps - wider) * tapBytes) + 63) & ~63)
    if (odd) foldTriples(kind, folded, folded + width * tapBytes, x + 2 * width * tapBytes, target, length)
    else foldPairs(kind, folded, folded + width * tapBytes, target, length)
    folded = target
    width = wider
  }
}

function scaleRow(row: usize, scale: f32, bytes: usize): void {
  const factor = f32x4.splat(scale)
  for (const end = row + bytes; row < end; row += 32) {
    const first = v128.load(row)
    const second = v128.load(row, 16)
    v128.store(row, f32x4.mul(second, factor), 16)
    v128.store(row, f32x4.mul(first, factor))
  }
}
