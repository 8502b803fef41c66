import { mapped } from './boundary'
import { RankArgs } from './generated/args'
import { openPairs, SORT_BYTES, sortPairs } from './radix-sort'
import { PICTURE_BYTES, pictureScratch } from './scratch'
import { rowBegin, rowEnd } from './unit'

/*
 * The index-th smallest of windows of any size, tile by tile and channel by channel. All numbers that a tile's windows reach are
 * sorted once, so that each has a place in that order, its own also among equals. A window is a set of places, kept as bits; it
 * walks over the tile, to and fro, and at each step some places leave it and others join. The answer is the place with
 * `index` set bits before it: it is looked for from where the last one was.
 */

/** Sides of a tile, at most. */
const TILE: i32 = 128
/** Columns that a tile's windows reach, at most. */
const MOST_COLUMNS: i32 = 16384
const COLUMNS_BYTES: usize = MOST_COLUMNS * 4
/** Numbers that they reach, at most: 16 bytes to sort each, a bit in the window's set. */
const MOST: i32 = (<i32>(PICTURE_BYTES - COLUMNS_BYTES - SORT_BYTES) / 17) & ~511
const BITS_BYTES: usize = MOST / 8
/** Bytes of a column that is outside: no place in a row. */
const OUTSIDE: u32 = 0xffffffff

let args = changetype<RankArgs>(0)
let channel: i32
/** the tile in hand: its first output pixel, counted from the unit's row 0, and how many */
let tileRow: i32
let tileColumn: i32
let tileRows: i32
let tileColumns: i32
/** rows and columns that its windows reach */
let reachH: i32
let reachW: i32
/** u32 per number, column by column: its place in the order */
let places: usize
/** u64 per place: the number's key in the upper half */
let order: usize
/** of the window: a bit per place, how many are set before word `word` */
let bits: usize
let word: i32
let before: i32

/** The unit's results. */
export function selectUnit(unitArgs: RankArgs): void {
  args = unitArgs
  bits = pictureScratch()
  let columns = min(TILE, args.outW)
  let rows = min(TILE, rowEnd - rowBegin)
  while ((columns + args.kernelW - 1) * (rows + args.kernelH - 1) > MOST) {
    if (columns > rows) columns = (columns + 1) >> 1
    else rows = (rows + 1) >> 1
  }
  for (tileRow = rowBegin; tileRow < rowEnd; tileRow += rows) {
    tileRows = min(rows, rowEnd - tileRow)
    for (tileColumn = 0; tileColumn < args.outW; tileColumn += columns) {
      tileColumns = min(columns, args.outW - tileColumn)
      for (channel = 0; channel < args.channels; channel++) selectTile()
    }
  }
}

function selectTile(): void {
  reachH = tileRows + args.kernelH - 1
  reachW = tileColumns + args.kernelW - 1
  const count = reachH * reachW
  const pairs = openPairs(pictureScratch() + BITS_BYTES + COLUMNS_BYTES, count)
  gather(pairs)
  order = sortPairs()
  // the other half of the room is free now
  places = order == pairs ? pairs + (count << 3) : pairs
  for (let place = 0; place < count; place++) {
    store<u32>(places + (<usize>load<u32>(order + (place << 3)) << 2), place)
  }
  memory.fill(bits, 0, ((count + 63) >> 6) << 3)
  word = 0
  before = 0
  walk()
}

/** Pairs of what the tile's windows reach, column by column: the number's key above its number. */
function gather(pairs: usize): void {
  const columns = pictureScratch() + BITS_BYTES
  const firstColumn = tileColumn - args.left
  const firstRow = args.firstRow + tileRow - args.top
  const pixelBytes = args.channels << 2
  for (let i = 0; i < reachW; i++) {
    const place = mapped(firstColumn + i, args.inW, args.boundary)
    store<u32>(columns + (i << 2), place < 0 ? OUTSIDE : <u32>(place * pixelBytes + (channel << 2)))
  }
  for (let row = 0; row < reachH; row++) {
    const place = mapped(firstRow + row, args.inH, args.boundary)
    const source = args.x + place * args.inW * pixelBytes
    let element = row
    for (let i = 0; i < reachW; i++) {
      const column = load<u32>(columns + (i << 2))
      const number = place < 0 || column == OUTSIDE ? args.value : load<f32>(source + column)
      store<u64>(pairs + (element << 3), (<u64>keyOf(number) << 32) | element)
      element += reachH
    }
  }
}

/** Unsigned keys in the numbers' order. */
// @ts-ignore: decorator
@inline
function keyOf(number: f32): u32 {
  const word = reinterpret<i32>(number)
  return word ^ ((word >> 31) | i32.MIN_VALUE)
}

// @ts-ignore: decorator
@inline
function numberOf(key: u32): f32 {
  const word = <i32>key
  return reinterpret<f32>(word ^ (~(word >> 31) | i32.MIN_VALUE))
}

/** All of the tile's windows, one step from one to the next. */
function walk(): void {
  const kernelH = args.kernelH
  const kernelW = args.kernelW
  for (let i = 0; i < kernelW; i++) toggleColumn(i, 0, 1)
  let column = 0
  for (let row = 0; row < tileRows; row++) {
    if (row > 0) {
      toggleRow(column, row - 1, -1)
      toggleRow(column, row - 1 + kernelH, 1)
    }
    const forth = (row & 1) == 0
    for (let step = 1; ; step++) {
      answer(row, column)
      if (step == tileColumns) break
      if (forth) {
        toggleColumn(column, row, -1)
        toggleColumn(column + kernelW, row, 1)
        column++
      } else {
        column--
        toggleColumn(column + kernelW, row, -1)
        toggleColumn(column, row, 1)
      }
    }
  }
}

/** kernelH numbers below each other join the window (change 1) or leave it (-1). */
function toggleColumn(column: i32, row: i32, change: i32): void {
  const first = places + ((column * reachH + row) << 2)
  const end = first + (args.kernelH << 2)
  for (let at = first; at < end; at += 4) toggle(load<u32>(at), change)
}

/** kernelW numbers beside each other. */
function toggleRow(column: i32, row: i32, change: i32): void {
  const step = reachH << 2
  let at = places + ((column * reachH + row) << 2)
  for (let left = args.kernelW; left > 0; left--, at += step) toggle(load<u32>(at), change)
}

// @ts-ignore: decorator
@inline
function toggle(place: i32, change: i32): void {
  const at = bits + ((place >> 6) << 3)
  store<u64>(at, load<u64>(at) ^ ((<u64>1) << (place & 63)))
  before += (place >> 6) < word ? change : 0
}

/** Writes the result of the window in hand. */
function answer(row: i32, column: i32): void {
  while (before > args.index) {
    word--
    before -= <i32>popcnt(load<u64>(bits + (word << 3)))
  }
  let set = load<u64>(bits + (word << 3))
  for (;;) {
    const count = <i32>popcnt(set)
    if (before + count > args.index) break
    before += count
    word++
    set = load<u64>(bits + (word << 3))
  }
  for (let left = args.index - before; left > 0; left--) set &= set - 1
  const place = (word << 6) + <i32>ctz(set)
  const pixel = (tileRow + row) * args.outW + tileColumn + column
  store<f32>(args.out + ((pixel * args.channels + channel) << 2), numberOf(load<u32>(order + (place << 3), 4)))
}
