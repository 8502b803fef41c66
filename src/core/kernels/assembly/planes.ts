import { mapped, modulo } from './boundary'
import { PictureArgs } from './generated/args'
import { PICTURE_BYTES, pictureScratch } from './scratch'
import { columnBegin, columnEnd } from './unit'

/*
 * A picture without edges, a block of pixel columns at a time, each channel apart: rows are copied as one plane per channel. Scratch:
 * a tag per held row, an offset per column, the kernel's own bytes, the held rows.
 */

/** Pixels of a block, at most, and what is computed at once. */
export const MOST_PIXELS: i32 = 256
const GRAIN: i32 = 8
const MOST_ROWS: i32 = 2048
const MOST_COLUMNS: i32 = 16384
const HEAD_BYTES: usize = (MOST_ROWS + MOST_COLUMNS) * 4
const OUTSIDE: i32 = -1

/** The block's first pixel, how many are computed (a multiple of 8) and how many of those are wanted. */
export let planesFirst: i32
export let planesPixels: i32
export let planesCount: i32
/** from one channel of a row to the next */
export let planeBytes: i32

let picture = changetype<PictureArgs>(0)
let heldRows: i32
let held: usize
let mostPixels: i32

/** Begins a unit's blocks; `ownBytes` of scratch (a multiple of 64) are the kernel's. */
export function openPlanes(args: PictureArgs, ownBytes: usize): void {
  picture = args
  heldRows = args.kernelH
  held = pictureScratch() + HEAD_BYTES + ownBytes
  const room = <i32>((PICTURE_BYTES - HEAD_BYTES - ownBytes) >> 2) / (heldRows * args.channels)
  mostPixels = min(MOST_PIXELS, room - args.kernelW - 2 * GRAIN) & ~(GRAIN - 1)
  planeBytes = ((mostPixels + args.kernelW + 2 * GRAIN) & ~(GRAIN - 1)) << 2
  planesFirst = columnBegin
  planesCount = 0
}

/** Goes on to the unit's next block; false when there is none. */
export function nextPlanes(): bool {
  planesFirst += planesCount
  if (planesFirst >= columnEnd) return false
  planesCount = min(mostPixels, columnEnd - planesFirst)
  planesPixels = (planesCount + GRAIN - 1) & ~(GRAIN - 1)
  for (let row = 0; row < heldRows; row++) store<i32>(pictureScratch() + (row << 2), i32.MIN_VALUE)
  for (let i = 0; i < reachedPixels(); i++) {
    const place = mapped(planesFirst - picture.left + i, picture.inW, picture.boundary)
    store<i32>(columnTable() + (i << 2), place < 0 ? OUTSIDE : place * (picture.channels << 2))
  }
  return true
}

/** The kernel's own bytes. */
// @ts-ignore: decorator
@inline
export function planesOwn(): usize {
  return pictureScratch() + HEAD_BYTES
}

// @ts-ignore: decorator
@inline
function columnTable(): usize {
  return pictureScratch() + MOST_ROWS * 4
}

// @ts-ignore: decorator
@inline
function reachedPixels(): i32 {
  return planesCount + picture.kernelW - 1
}

/** The address of the first window's first pixel in row `row` of the picture without edges, in the first channel. */
export function planeRow(row: i32): usize {
  const slot = modulo(row, heldRows)
  const to = held + slot * picture.channels * planeBytes
  const tag = pictureScratch() + (slot << 2)
  if (load<i32>(tag) != row) {
    store<i32>(tag, row)
    part(mapped(row, picture.inH, picture.boundary), to)
  }
  return to
}

/** Copies row `place`, channel by channel. */
function part(place: i32, to: usize): void {
  const args = picture
  const source = args.x + place * ((args.inW * args.channels) << 2)
  const count = reachedPixels()
  for (let channel = 0; channel < args.channels; channel++) {
    const plane = to + channel * planeBytes
    for (let i = 0; i < count; i++) {
      const column = load<i32>(columnTable() + (i << 2))
      const isOutside = place < 0 || column == OUTSIDE
      store<f32>(plane + (i << 2), isOutside ? args.value : load<f32>(source + column + (channel << 2)))
    }
  }
}
