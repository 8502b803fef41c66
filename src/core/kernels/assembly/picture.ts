import { CONSTANT, mapped, modulo } from './boundary'
import { PictureArgs } from './generated/args'
import { PICTURE_BYTES, pictureScratch } from './scratch'
import { columnBegin, columnEnd } from './unit'

/*
 * A picture without edges, a block of columns at a time. Columns are counted in floats (pixels · channels): one tap to the right is
 * `channels` floats further. A row of a block is read where it lies when all its windows end inside; otherwise it is held: a
 * copy with what is outside put at its ends. Scratch: a tag per held row, an address per row of a window, the constant row,
 * the held rows, the kernel's own rows.
 */

/** Blocks are computed in whole multiples of this many floats. */
export const GRAIN: i32 = 64
/** Floats of a block, at most: a few rows of it fit the first-level cache, those of a large window the second. */
const MOST_FLOATS: i32 = 2048
/** What a kernel may read beyond the last window. */
const SPARE: i32 = GRAIN
/** Rows that windows reach at once, at most. */
export const MAX_PICTURE_ROWS: i32 = 2048
const TAGS_BYTES: usize = MAX_PICTURE_ROWS * 4

/** The block's first column, counted from the output's, how many are computed and how many of those are wanted. */
export let blockFirst: i32
export let blockFloats: i32
export let blockCount: i32
/** Floats from the first window's begin to the last one's end, and some more: a multiple of GRAIN. */
export let blockExtent: i32

let picture = changetype<PictureArgs>(0)
let heldRows: i32
/** between neighbouring rows in scratch */
let rowFloats: i32
let mostFloats: i32
let constantRow: usize
let isHeld: bool
let blockBase: usize

/** Of the windows, beyond their first tap. */
// @ts-ignore: decorator
@inline
function haloFloats(args: PictureArgs): i32 {
  return (args.kernelW - 1) * args.channels
}

/**
 * Begins a unit's blocks. `rows`: how many are reached at once; `ownRows` and `ownBytes` (a multiple of 64) of scratch are the
 * kernel's.
 */
export function openPicture(args: PictureArgs, rows: i32, ownRows: i32, ownBytes: usize): void {
  picture = args
  heldRows = rows
  const besides = haloFloats(args) + args.channels + SPARE
  const room = <i32>((PICTURE_BYTES - 2 * TAGS_BYTES - ownBytes) >> 2) / (1 + rows + ownRows)
  mostFloats = min(MOST_FLOATS, room - 16 - besides) & ~(GRAIN - 1)
  rowFloats = (mostFloats + besides + 15) & ~15
  constantRow = pictureScratch() + 2 * TAGS_BYTES + ownBytes
  if (args.boundary == CONSTANT) fillFloats(constantRow, args.value, rowFloats)
  blockFirst = columnBegin
  blockCount = 0
}

/** Goes on to the unit's next block; false when there is none. */
export function nextBlock(): bool {
  const args = picture
  blockFirst += blockCount
  const left = columnEnd - blockFirst
  if (left <= 0) return false
  const padding = args.left * args.channels
  const before = padding - blockFirst
  const inside = args.inW * args.channels + padding - haloFloats(args) - SPARE - blockFirst
  isHeld = before > 0 || inside < GRAIN
  const most = before > 0 ? wholeGrains(before) : isHeld ? mostFloats : inside & ~(GRAIN - 1)
  blockFloats = min(min(mostFloats, wholeGrains(left)), most)
  blockCount = min(blockFloats, left)
  blockExtent = wholeGrains(blockFloats + haloFloats(args))
  blockBase = args.x + ((blockFirst - padding) << 2)
  if (isHeld) for (let row = 0; row < heldRows; row++) store<i32>(pictureScratch() + (row << 2), i32.MIN_VALUE)
  return true
}

// @ts-ignore: decorator
@inline
function wholeGrains(floats: i32): i32 {
  return (floats + GRAIN - 1) & ~(GRAIN - 1)
}

/** Row `index` of the kernel's own, blockExtent floats. */
// @ts-ignore: decorator
@inline
export function ownRow(index: i32): usize {
  return constantRow + ((rowFloats * (1 + heldRows + index)) << 2)
}

/** The kernel's own bytes. */
// @ts-ignore: decorator
@inline
export function ownBytes(): usize {
  return pictureScratch() + 2 * TAGS_BYTES
}

/** Floats from one of the kernel's own rows to the next. */
// @ts-ignore: decorator
@inline
export function ownRowFloats(): i32 {
  return rowFloats
}

/** Addresses of the block's rows `first` … `first` + `count` − 1 of the picture without edges, as u32 one after the other. */
export function listPictureRows(first: i32, count: i32): usize {
  const list = pictureScratch() + TAGS_BYTES
  for (let i = 0; i < count; i++) store<u32>(list + (i << 2), <u32>pictureRow(first + i))
  return list
}

/** The address of the block's first window in row `row` of the picture without edges. */
export function pictureRow(row: i32): usize {
  const args = picture
  const place = mapped(row, args.inH, args.boundary)
  if (place < 0) return constantRow
  if (!isHeld) return blockBase + place * ((args.inW * args.channels) << 2)
  const slot = modulo(row, heldRows)
  const held = constantRow + ((rowFloats * (1 + slot)) << 2)
  const tag = pictureScratch() + (slot << 2)
  if (load<i32>(tag) != row) {
    store<i32>(tag, row)
    holdRow(place, held)
  }
  return held + ((blockFirst % args.channels) << 2)
}

/** Copies row `place` from the first window's column on, with what is outside. */
function holdRow(place: i32, held: usize): void {
  const args = picture
  const channels = args.channels
  const pixelBytes = channels << 2
  const source = args.x + place * args.inW * pixelBytes
  const first = blockFirst / channels - args.left
  const end = (blockFirst + blockCount - 1) / channels - args.left + args.kernelW
  const insideFirst = min(max(first, 0), end)
  const insideEnd = max(min(end, args.inW), insideFirst)
  holdOutside(source, first, insideFirst, held)
  memory.copy(
    held + (insideFirst - first) * pixelBytes,
    source + insideFirst * pixelBytes,
    (insideEnd - insideFirst) * pixelBytes,
  )
  holdOutside(source, insideEnd, end, held + (insideEnd - first) * pixelBytes)
}

/** Pixels `first` … `end` of a row where they are outside. */
function holdOutside(source: usize, first: i32, end: i32, held: usize): void {
  const args = picture
  const pixelBytes = args.channels << 2
  for (let column = first; column < end; column++, held += pixelBytes) {
    const place = mapped(column, args.inW, args.boundary)
    if (place < 0) fillFloats(held, args.value, args.channels)
    else for (let byte = 0; byte < pixelBytes; byte += 4) store<f32>(held + byte, load<f32>(source + place * pixelBytes + byte))
  }
}

function fillFloats(address: usize, value: f32, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(address + (i << 2), value)
}

/** Where row `row` of the block's results is computed: in the output, or at `spare` where the output has less room. */
// @ts-ignore: decorator
@inline
export function resultRow(row: i32, spare: usize): usize {
  return blockCount == blockFloats ? outputRow(row) : spare
}

/** Brings a row computed at `spare` to the output. */
// @ts-ignore: decorator
@inline
export function finishRow(row: i32, spare: usize): void {
  if (blockCount < blockFloats) memory.copy(outputRow(row), spare, blockCount << 2)
}

// @ts-ignore: decorator
@inline
function outputRow(row: i32): usize {
  return picture.out + ((row * picture.outW * picture.channels + blockFirst) << 2)
}
