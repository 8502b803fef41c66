import { openEpilogue, openSums } from './epilogue'
import { WinogradArgs } from './generated/args'
import {
  denseWide,
  winogradInput2,
  winogradInput4,
  winogradOutput2,
  winogradOutput4,
} from './generated/tiles'
import {
  identityOffsets,
  jobAddress,
  MAX_TURNING_TILES,
  MAX_WINOGRAD_TILES,
  rowList,
  turnedRows,
  WINOGRAD_POINT_BYTES,
  winogradPixels,
  winogradPoints,
  winogradProducts,
  zeroRow,
} from './scratch'
import { TileJob } from './tile-job'
import { TURNED, turnBlocks } from './turn'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Channels of a column tile. */
const COLUMNS: i32 = 16
/** A multiple of the rows of every register tile. */
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
    transformInput(args, first, count, tilesH, tilesW, block)
    for (let column = columnBegin; column < columnEnd; column++) {
      multiply(args, column, count, block)
      transformOutput(args, column, first, count, tilesH, tilesW, block)
    }
  }
}

/** Tiles that are worked on together: as many as fit the scratch memory, the last block about as long as the others. */
function blockTiles(args: WinogradArgs, tiles: i32): i32 {
  const side = args.tile + 2
  const perTile = side * side * args.channels * 4
  const fitting = min(args.turned ? MAX_TURNING_TILES : MAX_WINOGRAD_TILES, <i32>WINOGRAD_POINT_BYTES / perTile)
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
  const step = pointBytes(args, block)
  for (let i = 0; i < count; i++) {
    const tile = first + i
    const line = tile / tilesW
    listPixels(args, line / tilesH, line % tilesH, tile % tilesW)
    const points = winogradPoints() + i * rowBytes
    if (args.tile == 4) winogradInput4(winogradPixels(), points, step, rowBytes)
    else winogradInput2(winogradPixels(), points, step, rowBytes)
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

/** M: for each point, V times the point's weights, of one column tile. */
function multiply(args: WinogradArgs, column: i32, count: i32, block: i32): void {
  const side = args.tile + 2
  const points = side * side
  const weightBytes: usize = args.channels * COLUMNS * 4
  const rows = rowList()
  // a short register tile repeats the last row
  for (let i = 0; i < count + ROW_STEP; i++) {
    store<u32>(rows + (i << 2), winogradPoints() + min(i, count - 1) * args.channels * 4)
  }
  const job = changetype<TileJob>(jobAddress())
  job.list = rows
  job.listStep = 0
  job.rows = count
  job.taps = 1
  job.k = args.channels
  job.xOffset = 0
  job.w = args.w + column * points * weightBytes
  job.tapOffsets = zeroRow()
  job.bias = zeroRow()
  job.offsets = identityOffsets()
  openSums(job, winogradProducts())
  for (let point = 0; point < points; point++) {
    if (args.turned) job.w = turnPoint(args, column, point)
    denseWide(job)
    job.xOffset += pointBytes(args, block)
    job.out += productBytes(block)
    job.w += weightBytes
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
  const step = productBytes(block)
  for (let i = 0; i < count; i++) {
    const tile = first + i
    const line = tile / tilesW
    const y = (line % tilesH) * args.tile
    const x = (tile % tilesW) * args.tile
    const rows = min(args.tile, args.outH - y)
    const columns = min(args.tile, args.outW - x)
    const offset = ((line / tilesH) * args.outH + y) * lineBytes + x * pixelBytes
    const points = winogradProducts() + i * COLUMNS * 4
    if (args.tile == 4) winogradOutput4(job, points, step, offset, lineBytes, pixelBytes, rows, columns)
    else winogradOutput2(job, points, step, offset, lineBytes, pixelBytes, rows, columns)
  }
}
