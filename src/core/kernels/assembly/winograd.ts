import { openEpilogue } from './epilogue'
import { WinogradArgs } from './generated/args'
import {
  sumsWide,
  winogradInput2,
  winogradInput4,
  winogradOutput2,
  winogradOutput4,
} from './generated/tiles'
import {
  jobAddress,
  MAX_WINOGRAD_TILES,
  turnedRows,
  WINOGRAD_POINT_BYTES,
  WINOGRAD_PRODUCT_BYTES,
  winogradPixels,
  winogradPoints,
  winogradProducts,
  zeroRow,
} from './scratch'
import { TileJob } from './tile-job'
import { TURNED, turnBlocks } from './turn'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd, step } from './unit'

/** Channels of a column tile. */
const COLUMNS: i32 = 16
/** A multiple of the tallest register tile's rows: whatever a block's count, `sumsWide` touches no rows behind the block. */
const ROW_STEP: i32 = 12
/** Between the numbers of one point and the next: more than whole rows, for them not to share a cache set. */
const SKEW: usize = 64

/** Rows are tiles of the output, 4×4 or 2×2 pixels each; columns are tiles of 16 output channels. */
export function winogradKernel(pointer: usize, unit: i32): void {
  const args = changetype<WinogradArgs>(pointer)
  const tilesH = (args.outH + args.tile - 1) / args.tile
  const tilesW = (args.outW + args.tile - 1) / args.tile
  openUnit(unit, args.batch * tilesH * tilesW, args.filters / COLUMNS, args.rowsPerUnit, args.columnsPerUnit)
  const block = blockTiles(args, rowEnd - rowBegin)
  for (let first = rowBegin; first < rowEnd; first += block) {
    const count = min(block, rowEnd - first)
    if (!isTransformed(first, block)) transformInput(args, first, count, tilesH, tilesW, block)
    const most = columnsAtOnce(args, block)
    for (let begin = columnBegin; begin < columnEnd; begin += most) {
      const end = min(begin + most, columnEnd)
      multiply(args, begin, end, count, block)
      for (let column = begin; column < end; column++) {
        const products = winogradProducts() + (column - begin) * columnBytes(args, block)
        transformOutput(args, column, products, first, count, tilesH, tilesW, block)
      }
    }
  }
}

/** Tiles that are worked on together: as many as fit the scratch memory, the last block about as long as the others. */
function blockTiles(args: WinogradArgs, tiles: i32): i32 {
  const side = args.tile + 2
  const perTile = side * side * args.channels * 4
  const fitting = min(MAX_WINOGRAD_TILES, <i32>WINOGRAD_POINT_BYTES / perTile)
  const most = max(ROW_STEP, fitting - (fitting % ROW_STEP))
  const blocks = (tiles + most - 1) / most
  const even = (tiles + blocks - 1) / blocks
  return ((even + ROW_STEP - 1) / ROW_STEP) * ROW_STEP
}

// @ts-ignore: decorator
@inline
function pointBytes(args: WinogradArgs, block: i32): usize {
  return block * args.channels * 4 + SKEW
}

// @ts-ignore: decorator
@inline
function productBytes(block: i32): usize {
  return block * COLUMNS * 4 + SKEW
}

/** The points of a column tile's products, from one column tile to the next. */
// @ts-ignore: decorator
@inline
function columnBytes(args: WinogradArgs, block: i32): usize {
  const side = args.tile + 2
  return side * side * productBytes(block)
}

/** Column tiles that are worked on together: a point's transformed input is read for all of them while it is in the cache. */
function columnsAtOnce(args: WinogradArgs, block: i32): i32 {
  return max(1, <i32>(WINOGRAD_PRODUCT_BYTES / columnBytes(args, block)))
}

/** The block whose input was transformed last, and the step of which it is. */
let lastStep: i32 = 0
let lastFirst: i32
let lastBlock: i32

/** Whether the unit before, of other columns, has transformed the block's input; if not, this one is about to. */
function isTransformed(first: i32, block: i32): bool {
  const known = step != 0 && step == lastStep && first == lastFirst && block == lastBlock
  lastStep = step
  lastFirst = first
  lastBlock = block
  return known
}

/** V: [point][tile][channel] of the block's tiles. */
function transformInput(
  args: WinogradArgs,
  first: i32,
  count: i32,
  tilesH: i32,
  tilesW: i32,
  block: i32,
): void {
  const rowBytes: usize = args.channels * 4
  const bytes = pointBytes(args, block)
  for (let i = 0; i < count; i++) {
    const tile = first + i
    const line = tile / tilesW
    listPixels(args, line / tilesH, line % tilesH, tile % tilesW)
    const points = winogradPoints() + i * rowBytes
    if (args.tile == 4) winogradInput4(winogradPixels(), points, bytes, rowBytes)
    else winogradInput2(winogradPixels(), points, bytes, rowBytes)
  }
}

/** The addresses of a tile's input pixels, of zeros outside. */
function listPixels(args: WinogradArgs, sample: i32, tileY: i32, tileX: i32): void {
  const side = args.tile + 2
  const top = tileY * args.tile - args.padTop
  const left = tileX * args.tile - args.padLeft
  const bytes = args.channels * 4
  let entry = winogradPixels()
  for (let y = top; y < top + side; y++) {
    const line = <i32>args.x + (sample * args.inH + y) * args.inW * bytes
    for (let x = left; x < left + side; x++) {
      const inside = <u32>y < <u32>args.inH && <u32>x < <u32>args.inW
      store<u32>(entry, inside ? line + x * bytes : <i32>zeroRow())
      entry += 4
    }
  }
}

/** M: for each point, V times the point's weights, of the column tiles `begin` … `end` − 1. */
function multiply(args: WinogradArgs, begin: i32, end: i32, count: i32, block: i32): void {
  const side = args.tile + 2
  const points = side * side
  const rowBytes: usize = args.channels * 4
  const weightBytes: usize = args.channels * COLUMNS * 4
  for (let point = 0; point < points; point++) {
    const x = winogradPoints() + point * pointBytes(args, block)
    let out = winogradProducts() + point * productBytes(block)
    for (let column = begin; column < end; column++) {
      const w = args.turned ? turnPoint(args, column, point) : args.w + (column * points + point) * weightBytes
      sumsWide(count, x, rowBytes, w, args.channels, out)
      out += columnBytes(args, block)
    }
  }
}

/** A column tile of a point of 2×2 tiles out of weights packed for the other pass, [tile of 16 channels][point][n][16]. */
function turnPoint(args: WinogradArgs, column: i32, point: i32): usize {
  const pointBytes: usize = args.filters * COLUMNS * 4
  const from = args.w + opposite(point) * pointBytes + column * COLUMNS * COLUMNS * 4
  turnBlocks(from, 16 * pointBytes, turnedRows(), args.channels / TURNED)
  return turnedRows()
}

/** Where the turned-around window has what the window has in a point: 0 and ∞ change places, 1 and −1 stay. */
function opposite(point: i32): i32 {
  const y = point >> 2
  const x = point & 3
  return ((y % 3 ? y : 3 - y) << 2) + (x % 3 ? x : 3 - x)
}

function transformOutput(
  args: WinogradArgs,
  column: i32,
  products: usize,
  first: i32,
  count: i32,
  tilesH: i32,
  tilesW: i32,
  block: i32,
): void {
  const pixelBytes: usize = args.filters * 4
  const lineBytes: usize = args.outW * pixelBytes
  const firstColumn: usize = column * COLUMNS * 4
  const job = changetype<TileJob>(jobAddress())
  job.bias = args.bias ? args.bias + firstColumn : zeroRow()
  openEpilogue<WinogradArgs>(job, args, firstColumn)
  const bytes = productBytes(block)
  for (let i = 0; i < count; i++) {
    const tile = first + i
    const line = tile / tilesW
    const y = (line % tilesH) * args.tile
    const x = (tile % tilesW) * args.tile
    const rows = min(args.tile, args.outH - y)
    const columns = min(args.tile, args.outW - x)
    const offset = ((line / tilesH) * args.outH + y) * lineBytes + x * pixelBytes
    const points = products + i * COLUMNS * 4
    if (args.tile == 4) winogradOutput4(job, points, bytes, offset, lineBytes, pixelBytes, rows, columns)
    else winogradOutput2(job, points, bytes, offset, lineBytes, pixelBytes, rows, columns)
  }
}
