import { bitsOf, channelsOf, countsOf, isListWorth, listChannels } from './channel-lists'
import { openEpilogue } from './epilogue'
import { WinogradArgs } from './generated/args'
import {
  CHANNELS_AT_ONCE,
  INPUT_STRIDE_2,
  INPUT_STRIDE_4,
  MAX_TILES,
  PRODUCTS_STRIDE_2,
  PRODUCTS_STRIDE_4,
  WEIGHTS_STRIDE_2,
  WEIGHTS_STRIDE_4,
} from './generated/winograd'
import {
  listedSumsWide,
  sumsWide,
  winogradInput2,
  winogradInput4,
  winogradOutput2,
  winogradOutput4,
  winogradWeights2,
  winogradWeights4,
} from './generated/tiles'
import {
  jobAddress,
  turnedRows,
  winogradInput,
  winogradPixels,
  winogradProducts,
  winogradWeights,
  zeroRow,
} from './scratch'
import { TileJob } from './tile-job'
import { TURNED, turnBlocks } from './turn'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd, step } from './unit'
import { SIDE_BY_SIDE } from './window'

/** Channels of a column tile. */
const COLUMNS: i32 = 16
const COLUMN_BYTES: i32 = 64
/** A multiple of the tallest register tile's rows: whatever a block's count, `sumsWide` touches no rows behind the block. */
const ROW_STEP: i32 = 12

/** Rows are tiles of the output, 4×4 or 2×2 pixels each; columns are tiles of 16 output channels. */
export function winogradKernel(pointer: usize, unit: i32): void {
  const args = changetype<WinogradArgs>(pointer)
  const tilesH = (args.outH + args.tile - 1) / args.tile
  const tilesW = (args.outW + args.tile - 1) / args.tile
  openUnit(unit, args.batch * tilesH * tilesW, args.filters / COLUMNS, args.rowsPerUnit, args.columnsPerUnit)
  const block = blockTiles(args, rowEnd - rowBegin)
  for (let first = rowBegin; first < rowEnd; first += block) {
    const count = min(block, rowEnd - first)
    if (!isTransformed(first, block)) transformInput(args, first, count, tilesH, tilesW)
    const most = columnsAtOnce(args, block)
    for (let begin = columnBegin; begin < columnEnd; begin += most) {
      const end = min(begin + most, columnEnd)
      for (let channel = 0; channel < args.channels; channel += CHANNELS_AT_ONCE) {
        const channels = min(CHANNELS_AT_ONCE, args.channels - channel)
        if (!areWeightsTransformed(begin, end, channel)) transformWeights(args, begin, end, channel, channels)
        multiply(args, begin, end, channel, channels, count, block)
      }
      for (let column = begin; column < end; column++) {
        const products = winogradProducts() + (column - begin) * block * COLUMN_BYTES
        transformOutput(args, column, products, first, count, tilesH, tilesW)
      }
    }
  }
}

/** Tiles that are worked on together: as many as fit the scratch memory, the last block about as long as the others. */
function blockTiles(args: WinogradArgs, tiles: i32): i32 {
  const fitting = min(MAX_TILES, <i32>inputStride(args) / (args.channels * 4))
  const most = max(ROW_STEP, fitting - (fitting % ROW_STEP))
  const blocks = (tiles + most - 1) / most
  const even = (tiles + blocks - 1) / blocks
  return ((even + ROW_STEP - 1) / ROW_STEP) * ROW_STEP
}

/** Column tiles that are worked on together: a point's transformed input is read for all of them while it is in the cache. */
function columnsAtOnce(args: WinogradArgs, block: i32): i32 {
  const products = <i32>productsStride(args) / (block * COLUMN_BYTES)
  const weights = <i32>weightsStride(args) / (min(args.channels, CHANNELS_AT_ONCE) * COLUMN_BYTES)
  return min(products, weights)
}

// @ts-ignore: decorator
@inline
function points(args: WinogradArgs): i32 {
  return args.tile == 4 ? 36 : 16
}

// @ts-ignore: decorator
@inline
function inputStride(args: WinogradArgs): usize {
  return args.tile == 4 ? INPUT_STRIDE_4 : INPUT_STRIDE_2
}

// @ts-ignore: decorator
@inline
function productsStride(args: WinogradArgs): usize {
  return args.tile == 4 ? PRODUCTS_STRIDE_4 : PRODUCTS_STRIDE_2
}

// @ts-ignore: decorator
@inline
function weightsStride(args: WinogradArgs): usize {
  return args.tile == 4 ? WEIGHTS_STRIDE_4 : WEIGHTS_STRIDE_2
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

/** The column tiles and channels whose weights were transformed last, and the step of which they are. */
let weightsStep: i32 = 0
let weightsBegin: i32
let weightsEnd: i32
let weightsChannel: i32

/** Whether the block before has transformed these weights; if not, this one is about to. */
function areWeightsTransformed(begin: i32, end: i32, channel: i32): bool {
  const isSame = begin == weightsBegin && end == weightsEnd && channel == weightsChannel
  const known = step != 0 && step == weightsStep && isSame
  weightsStep = step
  weightsBegin = begin
  weightsEnd = end
  weightsChannel = channel
  return known
}

/** U: [point][column tile][channel][16] of the column tiles `begin` … `end` − 1 and some channels from `channel` on. */
function transformWeights(args: WinogradArgs, begin: i32, end: i32, channel: i32, channels: i32): void {
  const tapBytes: usize = args.channels * COLUMN_BYTES
  const bytes: usize = channels * COLUMN_BYTES
  let u = winogradWeights()
  for (let column = begin; column < end; column++) {
    const taps = args.turned
      ? turnTaps(args, column, channel, channels)
      : args.w + column * 9 * tapBytes + channel * COLUMN_BYTES
    const distance = args.turned ? bytes : tapBytes
    const first = args.transposed ? taps + 8 * distance : taps
    const next = args.transposed ? 0 - distance : distance
    if (args.tile == 4) winogradWeights4(first, next, u, bytes)
    else winogradWeights2(first, next, u, bytes)
    u += bytes
  }
}

/** Some channels of a column tile, [tap][channel][16], out of weights packed for the other pass, [tile of 16 channels][tap][n][16]. */
function turnTaps(args: WinogradArgs, column: i32, channel: i32, channels: i32): usize {
  const tapBytes: usize = args.filters * COLUMN_BYTES
  const first = args.w + (channel / TURNED) * 9 * tapBytes + column * COLUMNS * COLUMN_BYTES
  for (let tap = 0; tap < 9; tap++) {
    const to = turnedRows() + tap * channels * COLUMN_BYTES
    turnBlocks(first + tap * tapBytes, 9 * tapBytes, to, channels / TURNED)
  }
  return turnedRows()
}

/** The tile in hand: of which sample, and where in it. */
let sample: i32
let place: i32

/** Goes to a tile: sample after sample, or the samples of a place side by side. */
function seekTile(args: WinogradArgs, tile: i32, tilesPerSample: i32): void {
  const sideBySide = args.sparse == SIDE_BY_SIDE
  sample = sideBySide ? tile % args.batch : tile / tilesPerSample
  place = sideBySide ? tile / args.batch : tile % tilesPerSample
}

/** V: [point][tile][channel] of the block's tiles. */
function transformInput(args: WinogradArgs, first: i32, count: i32, tilesH: i32, tilesW: i32): void {
  const rowBytes: usize = args.channels * 4
  let v = winogradInput()
  for (let tile = first; tile < first + count; tile++) {
    seekTile(args, tile, tilesH * tilesW)
    listPixels(args, place / tilesW, place % tilesW)
    const bits = bitsOf(tile - first, count, rowBytes)
    if (args.tile == 4) winogradInput4(winogradPixels(), v, bits, rowBytes)
    else winogradInput2(winogradPixels(), v, bits, rowBytes)
    v += rowBytes
  }
  if (args.sparse) listChannels(args.channels, count)
}

/** The addresses of the input pixels of a tile of the sample in hand, of zeros outside. */
function listPixels(args: WinogradArgs, tileY: i32, tileX: i32): void {
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

/**
 * M: [point][column tile][tile][16], for each point V times U, of the column tiles `begin` … `end` − 1: of some channels from `channel` on,
 * added to those before.
 */
function multiply(
  args: WinogradArgs,
  begin: i32,
  end: i32,
  channel: i32,
  channels: i32,
  count: i32,
  block: i32,
): void {
  const rowBytes: usize = args.channels * 4
  const listed = args.sparse && isListWorth(channel)
  for (let point = 0; point < points(args); point++) {
    const v = winogradInput() + point * inputStride(args) + channel * 4
    let u = winogradWeights() + point * weightsStride(args)
    let m = winogradProducts() + point * productsStride(args)
    for (let column = begin; column < end; column++) {
      if (listed) listedSumsWide(count, v, rowBytes, u, countsOf(channel), channelsOf(channel), m, channel > 0)
      else sumsWide(count, v, rowBytes, u, channels, m, channel > 0)
      u += channels * COLUMN_BYTES
      m += block * COLUMN_BYTES
    }
  }
}

function transformOutput(
  args: WinogradArgs,
  column: i32,
  products: usize,
  first: i32,
  count: i32,
  tilesH: i32,
  tilesW: i32,
): void {
  const pixelBytes: usize = args.filters * 4
  const lineBytes: usize = args.outW * pixelBytes
  const firstColumn: usize = column * COLUMNS * 4
  const job = changetype<TileJob>(jobAddress())
  job.bias = args.bias ? args.bias + firstColumn : zeroRow()
  openEpilogue<WinogradArgs>(job, args, firstColumn)
  for (let i = 0; i < count; i++) {
    seekTile(args, first + i, tilesH * tilesW)
    const y = (place / tilesW) * args.tile
    const x = (place % tilesW) * args.tile
    const rows = min(args.tile, args.outH - y)
    const columns = min(args.tile, args.outW - x)
    const offset = (sample * args.outH + y) * lineBytes + x * pixelBytes
    const m = products + i * COLUMN_BYTES
    if (args.tile == 4) winogradOutput4(job, m, offset, lineBytes, pixelBytes, rows, columns)
    else winogradOutput2(job, m, offset, lineBytes, pixelBytes, rows, columns)
  }
}
