import { PoolArgs, PoolGradArgs } from './generated/args'
import { averageScale, endTap, firstTap, MAX } from './pool-window'
import { tileRows } from './scratch'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/**
 * Rows are samples; columns are channels. A unit owns its channels of a sample: it clears them, then scatters window by
 * window, so the order of sums does not depend on the units.
 */
export function poolGradKernel(pointer: usize, unit: i32): void {
  const args = changetype<PoolGradArgs>(pointer)
  openUnit(unit, args.batch, args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const begin = columnBegin << 2
  const end = columnEnd << 2
  const whole = begin + ((end - begin) & ~15)
  for (let sample = rowBegin; sample < rowEnd; sample++) {
    clear(args, sample, begin, end)
    for (let oy = 0; oy < args.outH; oy++) {
      for (let ox = 0; ox < args.outW; ox++) scatterWindow(args, sample, oy, ox, begin, whole, end)
    }
  }
}

function clear(args: PoolGradArgs, sample: i32, begin: usize, end: usize): void {
  const pixelBytes = args.channels << 2
  const pixels = args.inH * args.inW
  let out = args.out + sample * pixels * pixelBytes
  for (let pixel = 0; pixel < pixels; pixel++, out += pixelBytes) {
    let channel = begin
    for (; channel + 16 <= end; channel += 16) v128.store(out + channel, f32x4.splat(0))
    for (; channel < end; channel += 4) store<f32>(out + channel, 0)
  }
}

function scatterWindow(
  args: PoolGradArgs,
  sample: i32,
  oy: i32,
  ox: i32,
  begin: usize,
  whole: usize,
  end: usize,
): void {
  const pixelBytes = args.channels << 2
  const lineBytes = args.inW * pixelBytes
  const stepX = args.dilationW * pixelBytes
  const stepY = args.dilationH * lineBytes
  const startY = oy * args.strideH - args.padTop
  const startX = ox * args.strideW - args.padLeft
  const firstY = firstTap(startY, args.dilationH)
  const firstX = firstTap(startX, args.dilationW)
  const rows = endTap(startY, args.dilationH, args.kernelH, args.inH) - firstY
  const columns = endTap(startX, args.dilationW, args.kernelW, args.inW) - firstX
  if (rows <= 0 || columns <= 0) return
  const corner =
    (sample * args.inH + startY + firstY * args.dilationH) * lineBytes +
    (startX + firstX * args.dilationW) * pixelBytes
  const ct = args.ct + ((sample * args.outH + oy) * args.outW + ox) * pixelBytes
  if (args.mode == MAX) {
    const x = args.x + corner
    const out = args.out + corner
    let channel = begin
    for (; channel + 64 <= whole; channel += 64) {
      firstMaxima16(x + channel, rows, stepY, columns, stepX)
      for (let lane: usize = 0; lane < 64; lane += 4) {
        const at = channel + lane
        addLane(out + at + load<i32>(tileRows() + lane), ct + at)
      }
    }
    for (; channel < whole; channel += 16) {
      const first = firstMaximum(x + channel, rows, stepY, columns, stepX)
      addLane(out + channel + i32x4.extract_lane(first, 0), ct + channel)
      addLane(out + channel + i32x4.extract_lane(first, 1) + 4, ct + channel + 4)
      addLane(out + channel + i32x4.extract_lane(first, 2) + 8, ct + channel + 8)
      addLane(out + channel + i32x4.extract_lane(first, 3) + 12, ct + channel + 12)
    }
    for (let channel = whole; channel < end; channel += 4) {
      const first = firstMaximumLane(x + channel, rows, stepY, columns, stepX)
      addLane(out + channel + i32x4.extract_lane(first, 0), ct + channel)
    }
    return
  }
  // from x on, both structs are the same
  const window = changetype<PoolArgs>(changetype<usize>(args) + offsetof<PoolGradArgs>('x'))
  const scale = averageScale(window, startY, startX, rows * columns)
  let line = args.out + corner
  for (let y = 0; y < rows; y++, line += stepY) {
    let out = line
    for (let x = 0; x < columns; x++, out += stepX) addScaled(out, ct, scale, begin, whole, end)
  }
}

// @ts-ignore: decorator
@inline
function addLane(out: usize, ct: usize): void {
  store<f32>(out, load<f32>(out) + load<f32>(ct))
}

// @ts-ignore: decorator
@inline
function addScaled(out: usize, ct: usize, scale: f32, begin: usize, whole: usize, end: usize): void {
  const factor = f32x4.splat(scale)
  for (let channel = begin; channel < whole; channel += 16) {
    const share = f32x4.mul(v128.load(ct + channel), factor)
    v128.store(out + channel, f32x4.add(v128.load(out + channel), share))
  }
  for (let channel = whole; channel < end; channel += 4) {
    store<f32>(out + channel, load<f32>(out + channel) + load<f32>(ct + channel) * scale)
  }
}

/** As `firstMaximum`, for 16 channels, to `tileRows`. */
function firstMaxima16(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): void {
  let best0 = v128.load(corner)
  let best1 = v128.load(corner, 16)
  let best2 = v128.load(corner, 32)
  let best3 = v128.load(corner, 48)
  let place0 = i32x4.splat(0)
  let place1 = place0
  let place2 = place0
  let place3 = place0
  for (let y = 0; y < rows; y++) {
    let offset = y * stepY
    for (let left = columns; left > 0; left--, offset += stepX) {
      const here = i32x4.splat(offset)
      const x = corner + offset
      const x0 = v128.load(x)
      const x1 = v128.load(x, 16)
      const x2 = v128.load(x, 32)
      const x3 = v128.load(x, 48)
      const better0 = isLarger(x0, best0)
      const better1 = isLarger(x1, best1)
      const better2 = isLarger(x2, best2)
      const better3 = isLarger(x3, best3)
      best0 = v128.bitselect(x0, best0, better0)
      best1 = v128.bitselect(x1, best1, better1)
      best2 = v128.bitselect(x2, best2, better2)
      best3 = v128.bitselect(x3, best3, better3)
      place0 = v128.bitselect(here, place0, better0)
      place1 = v128.bitselect(here, place1, better1)
      place2 = v128.bitselect(here, place2, better2)
      place3 = v128.bitselect(here, place3, better3)
    }
  }
  v128.store(tileRows(), place0)
  v128.store(tileRows(), place1, 16)
  v128.store(tileRows(), place2, 32)
  v128.store(tileRows(), place3, 48)
}

// @ts-ignore: decorator
@inline
function isLarger(x: v128, best: v128): v128 {
  return v128.or(f32x4.gt(x, best), f32x4.ne(x, x))
}

/** Offset from the corner of each lane's first maximum, NaN counting as one. */
// @ts-ignore: decorator
@inline
function firstMaximum(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let best = v128.load(corner)
  let place = i32x4.splat(0)
  for (let y = 0; y < rows; y++) {
    let offset = y * stepY
    for (let left = columns; left > 0; left--, offset += stepX) {
      const value = v128.load(corner + offset)
      const better = isLarger(value, best)
      best = v128.bitselect(value, best, better)
      place = v128.bitselect(i32x4.splat(offset), place, better)
    }
  }
  return place
}

// @ts-ignore: decorator
@inline
function firstMaximumLane(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let best = v128.load32_splat(corner)
  let place = i32x4.splat(0)
  for (let y = 0; y < rows; y++) {
    let offset = y * stepY
    for (let left = columns; left > 0; left--, offset += stepX) {
      const value = v128.load32_splat(corner + offset)
      const better = isLarger(value, best)
      best = v128.bitselect(value, best, better)
      place = v128.bitselect(i32x4.splat(offset), place, better)
    }
  }
  return place
}
