import { WindowArgs } from './generated/args'
import { STRIP_ROWS } from './generated/tiles'
import { LIST_BYTES, MAX_BLOCK_ROWS, MIN_BLOCK_ROWS, rowList, tapOffsets, tapTable, zeroRow } from './scratch'
import { isCutInRows } from './unit'

/** What `sparse` is where the samples of a pixel share tiles. */
export const SIDE_BY_SIDE: i32 = 2

/** Whole tiles of 6, of 8 and of 4. */
const BLOCK_STEP: i32 = 24

/** A tap of the current phase: its step from the window's corner, in input pixels and in bytes. */
@unmanaged
class Tap {
  dy: i32
  dx: i32
  offset: i32
  unused: i32
}

/*
 * Output pixels are visited phase by phase. A plain window has one phase. A transposed one has strideH × strideW: the
 * pixels of a phase share the taps that hit an input pixel, so the other taps are never multiplied. Where a call is cut in rows, the
 * phases' lines in the upper half of the picture (of the batch) come first, then the others: two ranks have a half each, whose lines
 * they read in the step after.
 * Row r of a phase is pixel (n, firstY + i·outStepY, firstX + j·outStepX), its window's corner (i·stepY, j·stepX): sample after
 * sample; or, for `listRows` only, side by side: the samples of a pixel follow each other.
 */
let areSideBySide: bool
let areHalved: bool
let phases: i32
let phasesX: i32
let batch: i32
let inH: i32
let inW: i32
let outH: i32
let outW: i32
let outStepY: i32
let outStepX: i32
let stepY: i32
let stepX: i32
let xBase: usize
let xPixelBytes: i32
let outPixelBytes: i32

let firstY: i32
let firstX: i32
let phaseH: i32
let phaseW: i32
/** the part's first row in its phase */
let firstRow: i32
let taps: i32
let tapsPerLine: i32
let minDy: i32
let maxDy: i32
let minDx: i32
let maxDx: i32

/** Begins a call, after `openUnit`. `inPixelBytes`, `pixelBytes`: from one pixel to the next, of input and output. `sideBySide`: see above. */
export function openWindow(
  args: WindowArgs,
  transposed: bool,
  inPixelBytes: i32,
  pixelBytes: i32,
  sideBySide: bool = false,
): void {
  areSideBySide = sideBySide && args.batch > 1
  // one pixel to one pixel: the whole batch is a single line, whose rows are the quickest to list
  const isLine = !areSideBySide && isPointwise(args)
  const pixels = args.batch * args.outH * args.outW
  batch = isLine ? 1 : args.batch
  inH = isLine ? 1 : args.inH
  inW = isLine ? pixels : args.inW
  outH = isLine ? 1 : args.outH
  outW = isLine ? pixels : args.outW
  outStepY = transposed ? args.strideH : 1
  outStepX = transposed ? args.strideW : 1
  // those beyond a small output have no rows
  phasesX = min(outStepX, outW)
  phases = min(outStepY, outH) * phasesX
  areHalved = isCutInRows && phases > 1
  stepY = transposed ? 1 : args.strideH
  stepX = transposed ? 1 : args.strideW
  xBase = args.x
  xPixelBytes = inPixelBytes
  outPixelBytes = pixelBytes
}

function isPointwise(args: WindowArgs): bool {
  const isOne = args.kernelH == 1 && args.kernelW == 1 && args.strideH == 1 && args.strideW == 1
  const isUnpadded = args.padTop == 0 && args.padLeft == 0
  return isOne && isUnpadded && args.inH == args.outH && args.inW == args.outW
}

/** Parts that the rows are visited in: the phases, or their halves. */
export function parts(): i32 {
  return areHalved ? 2 * phases : phases
}

/** Whether the taps of a line lie side by side in the input, for every row: one tap, of more channels, may stand for them. */
export function areLinesWhole(args: WindowArgs): bool {
  const reach = (args.outW - 1) * args.strideW + args.kernelW
  return args.dilationW == 1 && args.padLeft == 0 && reach <= args.inW
}

/** Enters a part; its number of rows. The taps' weights are `tapBytes` apart. `wholeLines`: a line of taps is one, see above. */
export function openPart(args: WindowArgs, transposed: bool, part: i32, tapBytes: i32, wholeLines: bool = false): i32 {
  const phase = part % phases
  firstY = phase / phasesX
  firstX = phase % phasesX
  phaseH = linesAbove(outH)
  phaseW = (outW - firstX + outStepX - 1) / outStepX
  taps = 0
  minDy = i32.MAX_VALUE
  minDx = i32.MAX_VALUE
  maxDy = i32.MIN_VALUE
  maxDx = i32.MIN_VALUE
  let lines = 0
  for (let ky = 0; ky < args.kernelH; ky++) {
    let dy = ky * args.dilationH - args.padTop
    if (transposed) {
      const distance = firstY - dy
      if (distance % outStepY) continue
      dy = distance / outStepY
    }
    lines++
    const columns = wholeLines ? 1 : args.kernelW
    for (let kx = 0; kx < columns; kx++) {
      let dx = kx * args.dilationW - args.padLeft
      if (transposed) {
        const distance = firstX - dx
        if (distance % outStepX) continue
        dx = distance / outStepX
      }
      const tap = changetype<Tap>(tapTable() + taps * 16)
      tap.dy = dy
      tap.dx = dx
      tap.offset = (dy * inW + dx) * xPixelBytes
      store<u32>(tapOffsets() + taps * 4, (ky * args.kernelW + kx) * tapBytes)
      minDy = min(minDy, dy)
      maxDy = max(maxDy, dy)
      minDx = min(minDx, dx)
      maxDx = max(maxDx, dx)
      taps++
    }
  }
  tapsPerLine = lines ? taps / lines : 0
  const rows = batch * phaseH * phaseW
  const upper = areHalved ? upperLines() * phaseW : rows
  firstRow = part < phases ? 0 : upper
  return part < phases ? upper : rows - upper
}

/** The phase's lines in the upper half of the picture, or of the batch. */
function upperLines(): i32 {
  if (areSideBySide) return batch * linesAbove(outH / 2)
  const middle = (batch * outH) / 2
  return (middle / outH) * phaseH + linesAbove(middle % outH)
}

/** The phase's lines above line `y` of a picture. */
function linesAbove(y: i32): i32 {
  return max(0, (y - firstY + outStepY - 1) / outStepY)
}

export function phaseTaps(): i32 {
  return taps
}

/** Rows of a block: many, for the weights to be reused from the first-level cache, while the list stays small. */
export function blockRows(): i32 {
  const rows = min(MAX_BLOCK_ROWS, 8192 / (1 + taps))
  return max(MIN_BLOCK_ROWS, rows - (rows % BLOCK_STEP))
}

/** Bytes in the list from a tap's rows to the next tap's, or from a strip's line to the next. */
export function listStep(): i32 {
  return step
}

let step: i32

// the row in hand: pixel (column, line) of sample
let sample: i32
let line: i32
let column: i32

// @ts-ignore: decorator
@inline
function advance(by: i32): void {
  if (areSideBySide) {
    if (++sample < batch) return
    sample = 0
  }
  column += by
  if (column < phaseW) return
  column = 0
  if (++line < phaseH) return
  line = 0
  sample++
}

// @ts-ignore: decorator
@inline
function outOffset(): i32 {
  return ((sample * outH + firstY + line * outStepY) * outW + firstX + column * outStepX) * outPixelBytes
}

// @ts-ignore: decorator
@inline
function cornerAddress(): i32 {
  return <i32>xBase + ((sample * inH + line * stepY) * inW + column * stepX) * xPixelBytes
}

/** Goes to a row of the part. */
export function seekRow(rowOfPart: i32): void {
  const perSample = phaseH * phaseW
  const row = firstRow + rowOfPart
  sample = areSideBySide ? row % batch : row / perSample
  const pixel = areSideBySide ? row / batch : row % perSample
  line = pixel / phaseW
  column = pixel % phaseW
}

/**
 * Lists the next `count` rows: a u32 per row, its offset in the output; then for each tap a u32 per row, the address of the
 * input pixel's first channel, or of zeros outside. `spare` rows or more follow that repeat the last one.
 */
export function listRows(count: i32, spare: i32): void {
  const listed = (count + spare + 3) & ~3
  step = listed << 2
  let left = count
  for (let row = 0; row < listed; row += 4) {
    const entry = rowList() + (row << 2)
    if (!areSideBySide && left > 4 && column + 4 <= phaseW) {
      listRun(entry)
      advance(4)
      left -= 4
    } else {
      left = listSingly(entry, left)
    }
  }
  advance(1)
}

/** Reverses what `listRows` has listed, `count` rows; the spare ones repeat the new last one. */
export function reverseRows(count: i32): void {
  const bytes: usize = step
  const end = rowList() + (taps + 1) * bytes
  for (let list = rowList(); list < end; list += bytes) {
    let low = list
    let high = list + ((count - 1) << 2)
    for (; low < high; low += 4, high -= 4) {
      const value = load<u32>(low)
      store<u32>(low, load<u32>(high))
      store<u32>(high, value)
    }
    const last = load<u32>(list + ((count - 1) << 2))
    for (let spare = list + (count << 2); spare < list + bytes; spare += 4) store<u32>(spare, last)
  }
}

/** How many strips come next, of `left` rows: neighbours on one line, as many as the list holds. */
export function stripCount(left: i32): i32 {
  const bytes = (taps / tapsPerLine) * stripLineBytes()
  return min(rowsOfLine(left) / STRIP_ROWS, <i32>LIST_BYTES / bytes)
}

/** Of the list: an address for each input pixel that a line of a strip reads, and as many more as make whole vectors. */
function stripLineBytes(): i32 {
  return (((STRIP_ROWS - 1) * stepX + tapsPerLine + 3) & ~3) << 2
}

/** How many of `left` rows are on the line in hand. */
export function rowsOfLine(left: i32): i32 {
  return min(left, phaseW - column)
}

/** Taps of a line of the phase's windows where these are neighbours in the input and a strip fits on a line; else 0. */
export function stripTaps(): i32 {
  const perLine = phaseW < STRIP_ROWS ? 0 : tapsPerLine
  if (perLine < 2) return perLine
  const spacing = changetype<Tap>(tapTable() + 16).dx - changetype<Tap>(tapTable()).dx
  return spacing == 1 || (spacing == -1 && stepX == 1) ? perLine : 0
}

/** Input pixels from a row to the next. */
export function stripStride(): i32 {
  return stepX
}

/**
 * Lists the next `count` strips, on one line: for each of them and each line of the window, `listStep` bytes apart, a u32 per pixel
 * that it reads, its address or that of zeros outside. Where taps go backwards (an adjoint's), so do a strip's rows.
 */
export function listStrips(count: i32): void {
  const first = changetype<Tap>(tapTable())
  const backwards = tapsPerLine > 1 && changetype<Tap>(tapTable() + 16).dx < first.dx
  const rowBytes = outStepX * outPixelBytes
  stripOffset = outOffset() + (backwards ? (STRIP_ROWS - 1) * rowBytes : 0)
  stripRowBytes = backwards ? -rowBytes : rowBytes
  stripBytes = STRIP_ROWS * rowBytes
  step = stripLineBytes()
  const lanes = i32x4(0, 1, 2, 3)
  const steps = backwards ? i32x4.neg(lanes) : lanes
  const four = backwards ? -4 : 4
  const y = line * stepY
  let entry = rowList()
  for (let strip = 0; strip < count; strip++) {
    const corner = (column + strip * STRIP_ROWS + (backwards ? STRIP_ROWS - 1 : 0)) * stepX
    for (let tap = 0; tap < taps; tap += tapsPerLine) {
      const at = changetype<Tap>(tapTable() + tap * 16)
      const isInside = <u32>(y + at.dy) < <u32>inH
      const lineAddress = <i32>xBase + (sample * inH + y + at.dy) * inW * xPixelBytes
      let x = i32x4.add(i32x4.splat(corner + at.dx), steps)
      for (let byte = 0; byte < step; byte += 16) {
        v128.store(entry, isInside ? pixelAddresses(lineAddress, x) : i32x4.splat(<i32>zeroRow()))
        x = i32x4.add(x, i32x4.splat(four))
        entry += 16
      }
    }
  }
  advance(STRIP_ROWS * count)
}

/** Addresses of the pixels `x` of a line, that of zeros for those outside. */
// @ts-ignore: decorator
@inline
function pixelAddresses(lineAddress: i32, x: v128): v128 {
  const address = i32x4.add(i32x4.splat(lineAddress), i32x4.mul(x, i32x4.splat(xPixelBytes)))
  // unsigned: a negative position is a large one
  return v128.bitselect(address, i32x4.splat(<i32>zeroRow()), i32x4.lt_u(x, i32x4.splat(inW)))
}

/** Where the first strip's first row goes in the output, how far the next row is and the next strip. */
export let stripOffset: i32
export let stripRowBytes: i32
export let stripBytes: i32

/** Four rows side by side. */
function listRun(entry: usize): void {
  const lanes = i32x4(0, 1, 2, 3)
  const y = line * stepY
  const x = column * stepX
  v128.store(entry, i32x4.add(i32x4.splat(outOffset()), i32x4.mul(lanes, i32x4.splat(outStepX * outPixelBytes))))
  const corner = i32x4.add(i32x4.splat(cornerAddress()), i32x4.mul(lanes, i32x4.splat(stepX * xPixelBytes)))
  if (y + minDy < 0 || y + maxDy >= inH || x + minDx < 0 || x + 3 * stepX + maxDx >= inW) {
    listTaps(entry, corner, i32x4.splat(y), i32x4.add(i32x4.splat(x), i32x4.mul(lanes, i32x4.splat(stepX))))
    return
  }
  const end = tapTable() + taps * 16
  const listStep = step
  for (let tap = tapTable(); tap < end; tap += 16) {
    entry += listStep
    v128.store(entry, i32x4.add(corner, v128.load32_splat(tap, offsetof<Tap>('offset'))))
  }
}

/** Four rows one by one; how many are left, counting the last one for ever. */
function listSingly(entry: usize, count: i32): i32 {
  let left = count
  let out = i32x4.splat(0)
  let corner = out
  let y = out
  let x = out
  for (let row = 0; row < 4; row++) {
    const lane = i32x4.eq(i32x4(0, 1, 2, 3), i32x4.splat(row))
    out = v128.bitselect(i32x4.splat(outOffset()), out, lane)
    corner = v128.bitselect(i32x4.splat(cornerAddress()), corner, lane)
    y = v128.bitselect(i32x4.splat(line * stepY), y, lane)
    x = v128.bitselect(i32x4.splat(column * stepX), x, lane)
    if (left > 1) {
      advance(1)
      left--
    }
  }
  v128.store(entry, out)
  listTaps(entry, corner, y, x)
  return left
}

/** Addresses for each tap of the windows with corners (y, x), the row of zeros where a tap is outside. */
function listTaps(entry: usize, corner: v128, y: v128, x: v128): void {
  const zero = i32x4.splat(<i32>zeroRow())
  const height = i32x4.splat(inH)
  const width = i32x4.splat(inW)
  const end = tapTable() + taps * 16
  const listStep = step
  for (let tap = tapTable(); tap < end; tap += 16) {
    entry += listStep
    // unsigned: a negative position is a large one
    const inside = v128.and(
      i32x4.lt_u(i32x4.add(y, v128.load32_splat(tap, offsetof<Tap>('dy'))), height),
      i32x4.lt_u(i32x4.add(x, v128.load32_splat(tap, offsetof<Tap>('dx'))), width),
    )
    const address = i32x4.add(corner, v128.load32_splat(tap, offsetof<Tap>('offset')))
    v128.store(entry, v128.bitselect(address, zero, inside))
  }
}
