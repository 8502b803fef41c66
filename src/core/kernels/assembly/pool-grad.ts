import { PoolArgs, PoolGradArgs } from './generated/args'
import { averageScale, endTap, firstTap, MAX } from './pool-window'
import { openUnit, rowBegin, rowEnd } from './unit'

/** The lines of one sample that a unit owns. */
let sample: i32
let ownBegin: i32
let ownEnd: i32
/** Row of the window in which `firstMaximum1` found it. */
let maximumRow: i32

/**
 * Rows are input lines, sample after sample. A unit clears its lines, then visits the windows that reach them in order and adds
 * to its own lines only: the order of sums does not depend on the units.
 */
export function poolGradKernel(pointer: usize, unit: i32): void {
  const args = changetype<PoolGradArgs>(pointer)
  openUnit(unit, args.batch * args.inH, 1, args.rowsPerUnit, args.columnsPerUnit)
  for (let line = rowBegin; line < rowEnd; line += ownEnd - ownBegin) {
    sample = line / args.inH
    ownBegin = line % args.inH
    ownEnd = min(args.inH, ownBegin + rowEnd - line)
    const lineBytes: usize = (args.inW * args.channels) << 2
    memory.fill(args.out + line * lineBytes, 0, (ownEnd - ownBegin) * lineBytes)
    const reach = (args.kernelH - 1) * args.dilationH
    const first = max(0, (ownBegin + args.padTop - reach + args.strideH - 1) / args.strideH)
    const last = min(args.outH - 1, (ownEnd - 1 + args.padTop) / args.strideH)
    for (let oy = first; oy <= last; oy++) {
      for (let ox = 0; ox < args.outW; ox++) scatterWindow(args, oy, ox)
    }
  }
}

function scatterWindow(args: PoolGradArgs, oy: i32, ox: i32): void {
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
  const top = startY + firstY * args.dilationH
  // the rows of the window in the unit's own lines
  const ownFirst = firstTap(top - ownBegin, args.dilationH)
  const ownRows = endTap(top, args.dilationH, rows, ownEnd)
  const corner = (sample * args.inH + top) * lineBytes + (startX + firstX * args.dilationW) * pixelBytes
  const ct = args.ct + ((sample * args.outH + oy) * args.outW + ox) * pixelBytes
  const end: usize = pixelBytes
  let channel: usize = 0
  if (args.mode == MAX) {
    const x = args.x + corner
    const out = args.out + corner
    for (; channel + 64 <= end; channel += 64) {
      routeMaxima16(x + channel, out + channel, ct + channel, rows, stepY, columns, stepX, ownFirst, ownRows)
    }
    for (; channel + 16 <= end; channel += 16) {
      const place = firstMaximum4(x + channel, rows, stepY, columns, stepX)
      const value = v128.load(ct + channel)
      for (let y = ownFirst; y < ownRows; y++) {
        for (let i = 0, offset = y * stepY; i < columns; i++, offset += stepX) {
          const to = out + channel + offset
          v128.store(to, f32x4.add(v128.load(to), v128.and(value, i32x4.eq(place, i32x4.splat(offset)))))
        }
      }
    }
    for (; channel < end; channel += 4) {
      const place = firstMaximum1(x + channel, rows, stepY, columns, stepX)
      if (maximumRow < ownFirst || maximumRow >= ownRows) continue
      const to = out + channel + place
      store<f32>(to, load<f32>(to) + load<f32>(ct + channel))
    }
    return
  }
  // from x on, both structs are the same
  const window = changetype<PoolArgs>(changetype<usize>(args) + offsetof<PoolGradArgs>('x'))
  const scale = averageScale(window, startY, startX, rows * columns)
  for (let y = ownFirst; y < ownRows; y++) {
    let out = args.out + corner + y * stepY
    for (let i = 0; i < columns; i++, out += stepX) addScaled(out, ct, scale, end)
  }
}

// @ts-ignore: decorator
@inline
function addScaled(out: usize, ct: usize, scale: f32, end: usize): void {
  const factor = f32x4.splat(scale)
  let channel: usize = 0
  for (; channel + 16 <= end; channel += 16) {
    const share = f32x4.mul(v128.load(ct + channel), factor)
    v128.store(out + channel, f32x4.add(v128.load(out + channel), share))
  }
  for (; channel < end; channel += 4) {
    store<f32>(out + channel, load<f32>(out + channel) + load<f32>(ct + channel) * scale)
  }
}

/** Adds 16 channels of a cotangent where each one's first maximum is, in rows `ownFirst` to `ownRows` of the window. */
function routeMaxima16(
  corner: usize,
  out: usize,
  ct: usize,
  rows: i32,
  stepY: i32,
  columns: i32,
  stepX: i32,
  ownFirst: i32,
  ownRows: i32,
): void {
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
  const ct0 = v128.load(ct)
  const ct1 = v128.load(ct, 16)
  const ct2 = v128.load(ct, 32)
  const ct3 = v128.load(ct, 48)
  for (let y = ownFirst; y < ownRows; y++) {
    let offset = y * stepY
    for (let left = columns; left > 0; left--, offset += stepX) {
      const here = i32x4.splat(offset)
      const to = out + offset
      const sum0 = f32x4.add(v128.load(to), v128.and(ct0, i32x4.eq(place0, here)))
      const sum1 = f32x4.add(v128.load(to, 16), v128.and(ct1, i32x4.eq(place1, here)))
      const sum2 = f32x4.add(v128.load(to, 32), v128.and(ct2, i32x4.eq(place2, here)))
      const sum3 = f32x4.add(v128.load(to, 48), v128.and(ct3, i32x4.eq(place3, here)))
      v128.store(to, sum3, 48)
      v128.store(to, sum2, 32)
      v128.store(to, sum1, 16)
      v128.store(to, sum0)
    }
  }
}

// @ts-ignore: decorator
@inline
function isLarger(x: v128, best: v128): v128 {
  return v128.and(v128.or(f32x4.gt(x, best), f32x4.ne(x, x)), f32x4.eq(best, best))
}

/** Offset from the corner of each lane's first maximum, NaN counting as one. */
// @ts-ignore: decorator
@inline
function firstMaximum4(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
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

/** As `firstMaximum4`, of one channel: the offset, and in `maximumRow` the window's row. */
// @ts-ignore: decorator
@inline
function firstMaximum1(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): i32 {
  let best = load<f32>(corner)
  let place = 0
  maximumRow = 0
  for (let y = 0; y < rows; y++) {
    let offset = y * stepY
    for (let left = columns; left > 0; left--, offset += stepX) {
      const value = load<f32>(corner + offset)
      // a NaN is larger than numbers, the first one stays
      if (value <= best || best != best) continue
      best = value
      place = offset
      maximumRow = y
    }
  }
  return place
}
