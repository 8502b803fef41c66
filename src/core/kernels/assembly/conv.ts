import { ConvArgs, WindowArgs } from './generated/args'
import { dense8x4, dense8x8, denseWide, sparseWide } from './generated/tiles'
import {
  biasRow,
  identityOffsets,
  jobAddress,
  rowList,
  tapOffsets,
  tileRows,
  turnedRows,
  ZERO_BYTES,
} from './scratch'
import { counts, listProducts, openLists, products } from './product-lists'
import { TileJob } from './tile-job'
import { TURNED, turnBlocks } from './turn'
import { addPlainRow } from './plain-row'
import { addTurnedRow } from './turned-row'
import { openEpilogue, openSums } from './epilogue'
import { finishColumns } from './finish-columns'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'
import {
  areLinesWhole,
  blockRows,
  listRows,
  listStep,
  openPart,
  openWindow,
  parts,
  phaseTaps,
  reverseRows,
  seekRow,
  SIDE_BY_SIDE,
} from './window'

/** Columns of packed weights per tile. */
const TILE: i32 = 16
/** Column tiles of a single row that are worked on together: where weights are turned, those of a block of k lie side by side, 64 KB. */
const TILES_AT_ONCE: i32 = 64
/** Rows of the tallest register tile. */
const TILE_ROWS: i32 = 8

/** Rows are output pixels, part after part; columns are column tiles, group after group. */
export function convKernel(pointer: usize, unit: i32): void {
  const args = changetype<ConvArgs>(pointer)
  const window = changetype<WindowArgs>(pointer)
  const tilesPerGroup = (args.outPerGroup + TILE - 1) / TILE
  const pixels = args.batch * args.outH * args.outW
  openUnit(unit, pixels, args.groups * tilesPerGroup, args.rowsPerUnit, args.columnsPerUnit)
  const transposed = args.transposed != 0
  const sideBySide = args.sparse == SIDE_BY_SIDE
  openWindow(window, transposed, args.groups * args.inPerGroup * 4, args.groups * args.outPerGroup * 4, sideBySide)
  const wholeLines =
    !transposed && !args.turned && args.groups == 1 && areLinesWhole(window) && lineBytes(args) <= ZERO_BYTES
  openProducts(args, pixels, wholeLines ? args.kernelW : 1)
  // lists begin with a pixel's first number: not where `openProducts` may have moved that
  const canList = args.sparse && pixels > MOST_ROWS && openLists(args.kernelH * args.kernelW * args.inPerGroup)
  let partBegin = 0
  for (let part = 0; part < parts() && partBegin < rowEnd; part++) {
    const rows = openPart(window, transposed, part, args.inPerGroup * TILE * 4, wholeLines)
    const end = min(rowEnd - partBegin, rows)
    for (let row = max(0, rowBegin - partBegin); row < end; row += blockRows()) {
      const count = min(blockRows(), end - row)
      seekRow(row)
      listRows(count, TILE_ROWS - 1)
      if (endsInMiddle(partBegin + row + count, pixels)) reverseRows(count)
      hasLists = canList && phaseTaps() > 0
      if (hasLists) listProducts(count, phaseTaps(), productsEnd)
      const done = isSingleRow(args, pixels) ? rowTiles(args) : columnBegin
      for (let column = done; column < columnEnd; column++) {
        convTile(args, column / tilesPerGroup, column % tilesPerGroup, count)
      }
    }
    partBegin += rows
  }
}

/**
 * Whether rows that end there are better taken from the last one on. Going down, the processor fetches lines ahead, beyond the last row
 * too: in the middle those that the other one of two ranks is writing, which waits for their return where the two share no cache.
 */
// @ts-ignore: decorator
@inline
function endsInMiddle(end: i32, rows: i32): bool {
  return abs(2 * end - rows) <= TILE_ROWS
}

/** Rows of a block, at least, for which to read a column tile's weights ahead: reading them again takes less than 2 % of the products. */
const READ_AHEAD_ROWS: i32 = 24
const LINE_BYTES: usize = 64
/** The sum of what was read, for the compiler to keep the reads. */
let readSum: i32 = 0

/** Reads each cache line once, one after the other, as memory gives them fastest: products would wait for each of them. */
function readAhead(at: usize, bytes: usize): void {
  let sum = 0
  const end = at + bytes
  for (; at < end; at += LINE_BYTES) sum += load<i32>(at)
  readSum = sum
}

/** Whether the products of the block in hand are listed. */
let hasLists: bool

/** The input that a line of taps reads. */
// @ts-ignore: decorator
@inline
function lineBytes(args: ConvArgs): usize {
  return args.kernelW * args.inPerGroup * 4
}

/** The products of each tap that count. */
let productsBegin: i32
let productsEnd: i32

/** Rows of a product of matrices in which zeros are looked for, at most. */
const MOST_ROWS: i32 = 16

/**
 * All of them; of few rows those between zeros at all their ends, whatever weights these meet: of equal one-hot rows, as cotangents often
 * are, one.
 */
function openProducts(args: ConvArgs, pixels: i32, tapsAtOnce: i32): void {
  productsBegin = 0
  productsEnd = args.inPerGroup * tapsAtOnce
  if (!isProduct(args, pixels) || pixels > MOST_ROWS) return
  while (productsBegin < productsEnd && isZero(args, pixels, productsBegin)) productsBegin++
  while (productsEnd > productsBegin && isZero(args, pixels, productsEnd - 1)) productsEnd--
}

/** Whether number `k` of all rows is 0. */
function isZero(args: ConvArgs, rows: i32, k: i32): bool {
  let x = args.x + (k << 2)
  for (; rows > 0; rows--) {
    if (load<f32>(x) != 0) return false
    x += args.inPerGroup << 2
  }
  return true
}

/** Whether it is a product of matrices: an output pixel for each input pixel; with padding it would be one of zeros too. */
function isProduct(args: ConvArgs, pixels: i32): bool {
  const isPadded = args.padTop != 0 || args.padLeft != 0
  const inputs = args.batch * args.inH * args.inW
  return !isPadded && pixels == inputs && args.groups * args.kernelH * args.kernelW == 1
}

/** Whether it is a product of one row and a matrix. */
// @ts-ignore: decorator
@inline
function isSingleRow(args: ConvArgs, pixels: i32): bool {
  return pixels == 1 && isProduct(args, pixels)
}

/** The unit's whole column tiles of a single row; the first tile that is left. */
function rowTiles(args: ConvArgs): i32 {
  const job = changetype<TileJob>(jobAddress())
  job.list = rowList()
  job.offsets = rowList()
  job.rows = 1
  // what is left to the register tile is the epilogue
  job.taps = 0
  const end = min(columnEnd, args.outPerGroup / TILE)
  for (let begin = columnBegin; begin < end; begin += TILES_AT_ONCE) {
    const tiles = min(TILES_AT_ONCE, end - begin)
    for (let tile = 0; tile < tiles; tile++) {
      openBias(job, args.bias, (begin + tile) * TILE * 4, TILE)
      memory.copy(tileRows() + tile * TILE * 4, job.bias, TILE * 4)
    }
    addRow(args, begin, tiles)
    for (let tile = 0; tile < tiles; tile++) {
      job.bias = tileRows() + tile * TILE * 4
      openEpilogue<ConvArgs>(job, args, (begin + tile) * TILE * 4)
      denseWide(job)
    }
  }
  return max(columnBegin, end)
}

/** Adds the products of a single row to the sums of column tiles, from `begin` on, in `tileRows`. */
function addRow(args: ConvArgs, begin: i32, tiles: i32): void {
  if (!args.turned) {
    const tileBytes: usize = args.inPerGroup * TILE * 4
    const w = args.w + begin * tileBytes + productsBegin * TILE * 4
    addPlainRow(args.x + productsBegin * 4, productsEnd - productsBegin, w, tileBytes, tiles, tileRows())
    return
  }
  // of the block in which they begin: up to 15 zeros are multiplied too
  const first = productsBegin / TURNED
  const step: usize = args.outPerGroup * TILE * 4
  const w = args.w + first * step + begin * TILE * TILE * 4
  addTurnedRow(args.x + first * TURNED * 4, productsEnd - first * TURNED, w, step, tiles)
}

/** One column tile over the listed rows. */
function convTile(args: ConvArgs, group: i32, tile: i32, count: i32): void {
  const tilesPerGroup = (args.outPerGroup + TILE - 1) / TILE
  const columns = min(TILE, args.outPerGroup - tile * TILE)
  const firstColumn = (group * args.outPerGroup + tile * TILE) * 4
  const job = changetype<TileJob>(jobAddress())
  job.list = rowList()
  job.listStep = listStep()
  job.rows = count
  job.taps = phaseTaps()
  job.k = productsEnd - productsBegin
  job.xOffset = (group * args.inPerGroup + productsBegin) * 4
  const tileProducts = args.kernelH * args.kernelW * args.inPerGroup
  const w = args.turned ? turnTile(args, tile) : args.w + (group * tilesPerGroup + tile) * tileProducts * TILE * 4
  job.w = w + productsBegin * TILE * 4
  job.tapOffsets = tapOffsets()
  if (!args.turned && count >= READ_AHEAD_ROWS) readAhead(w, tileProducts * TILE * 4)
  const whole = columns == TILE || columns == 8 || columns == 4
  openBias(job, args.bias, firstColumn, columns)
  if (whole) {
    openEpilogue<ConvArgs>(job, args, firstColumn)
    job.offsets = job.list
  } else {
    openSums(job, tileRows())
    job.offsets = identityOffsets()
  }
  if (columns > 8 && hasLists) {
    job.counts = counts
    job.products = products
    sparseWide(job)
  } else if (columns > 8) denseWide(job)
  else if (columns > 4) dense8x8(job)
  else dense8x4(job)
  if (whole) return
  openEpilogue<ConvArgs>(job, args, firstColumn)
  finishColumns(job, columns, count)
}

/** A column tile of the phase's taps out of weights packed for the other pass, [tile of 16 k][tap][n][16]; its address. */
function turnTile(args: ConvArgs, tile: i32): usize {
  const taps = args.kernelH * args.kernelW
  const tapBytes = args.inPerGroup * TILE * 4
  const first = productsBegin / TURNED
  const blocks = (productsEnd + TURNED - 1) / TURNED - first
  // the last block may reach into the next tap's rows: taps come in rising order
  for (let tap = 0; tap < phaseTaps(); tap++) {
    const offset = load<u32>(tapOffsets() + (tap << 2))
    const row = (first * taps + offset / tapBytes) * args.outPerGroup + tile * TILE
    const to = turnedRows() + offset + first * TURNED * TILE * 4
    turnBlocks(args.w + row * TILE * 4, taps * args.outPerGroup * TILE * 4, to, blocks)
  }
  return turnedRows()
}

/** Points the job at 16 readable floats of bias. */
function openBias(job: TileJob, bias: usize, firstColumn: usize, columns: i32): void {
  if (bias && columns == TILE) {
    job.bias = bias + firstColumn
    return
  }
  job.bias = biasRow()
  memory.fill(biasRow(), 0, 64)
  if (bias) memory.copy(biasRow(), bias + firstColumn, columns * 4)
}
