import { PoolArgs } from './generated/args'
import { averageScale, endTap, firstTap, MAX } from './pool-window'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Rows are output pixels; columns are channels. */
export function poolKernel(pointer: usize, unit: i32): void {
  const args = changetype<PoolArgs>(pointer)
  openUnit(unit, args.batch * args.outH * args.outW, args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const pixelBytes = args.channels << 2
  const lineBytes = args.inW * pixelBytes
  const stepX = args.dilationW * pixelBytes
  const stepY = args.dilationH * lineBytes
  for (let row = rowBegin; row < rowEnd; row++) {
    const line = row / args.outW
    const sample = line / args.outH
    const startY = (line % args.outH) * args.strideH - args.padTop
    const startX = (row % args.outW) * args.strideW - args.padLeft
    const firstY = firstTap(startY, args.dilationH)
    const firstX = firstTap(startX, args.dilationW)
    const rows = max(0, endTap(startY, args.dilationH, args.kernelH, args.inH) - firstY)
    const columns = max(0, endTap(startX, args.dilationW, args.kernelW, args.inW) - firstX)
    const corner =
      args.x +
      (sample * args.inH + startY + firstY * args.dilationH) * lineBytes +
      (startX + firstX * args.dilationW) * pixelBytes
    const out = args.out + row * pixelBytes
    const scale = averageScale(args, startY, startX, rows * columns)
    let channel = columnBegin << 2
    const end = columnEnd << 2
    if (args.mode == MAX) {
      for (; channel + 64 <= end; channel += 64) {
        maximum16(corner + channel, rows, stepY, columns, stepX, out + channel)
      }
      for (; channel + 16 <= end; channel += 16) {
        v128.store(out + channel, maximum(corner + channel, rows, stepY, columns, stepX))
      }
      for (; channel < end; channel += 4) {
        v128.store32_lane(out + channel, maximumLane(corner + channel, rows, stepY, columns, stepX), 0)
      }
    } else {
      for (; channel + 64 <= end; channel += 64) {
        average16(corner + channel, rows, stepY, columns, stepX, out + channel, scale)
      }
      for (; channel + 16 <= end; channel += 16) {
        const sum = total(corner + channel, rows, stepY, columns, stepX)
        v128.store(out + channel, f32x4.mul(sum, f32x4.splat(scale)))
      }
      for (; channel < end; channel += 4) {
        const sum = totalLane(corner + channel, rows, stepY, columns, stepX)
        v128.store32_lane(out + channel, f32x4.mul(sum, f32x4.splat(scale)), 0)
      }
    }
  }
}

/** The larger of each lane; NaN wins. */
// @ts-ignore: decorator
@inline
function larger(best: v128, x: v128): v128 {
  return v128.bitselect(x, best, v128.or(f32x4.gt(x, best), f32x4.ne(x, x)))
}

/** 16 channels at a time: one after the other, each tap would wait for the one before. */
function maximum16(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32, out: usize): void {
  let best0 = f32x4.splat(-Infinity)
  let best1 = f32x4.splat(-Infinity)
  let best2 = f32x4.splat(-Infinity)
  let best3 = f32x4.splat(-Infinity)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) {
      best0 = larger(best0, v128.load(x))
      best1 = larger(best1, v128.load(x, 16))
      best2 = larger(best2, v128.load(x, 32))
      best3 = larger(best3, v128.load(x, 48))
    }
  }
  v128.store(out, best3, 48)
  v128.store(out, best2, 32)
  v128.store(out, best1, 16)
  v128.store(out, best0)
}

function average16(
  corner: usize,
  rows: i32,
  stepY: i32,
  columns: i32,
  stepX: i32,
  out: usize,
  scale: f32,
): void {
  const factor = f32x4.splat(scale)
  let sum0 = f32x4.splat(0)
  let sum1 = f32x4.splat(0)
  let sum2 = f32x4.splat(0)
  let sum3 = f32x4.splat(0)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) {
      sum0 = f32x4.add(sum0, v128.load(x))
      sum1 = f32x4.add(sum1, v128.load(x, 16))
      sum2 = f32x4.add(sum2, v128.load(x, 32))
      sum3 = f32x4.add(sum3, v128.load(x, 48))
    }
  }
  v128.store(out, f32x4.mul(sum3, factor), 48)
  v128.store(out, f32x4.mul(sum2, factor), 32)
  v128.store(out, f32x4.mul(sum1, factor), 16)
  v128.store(out, f32x4.mul(sum0, factor))
}

function maximum(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let best = f32x4.splat(-Infinity)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) best = larger(best, v128.load(x))
  }
  return best
}

function maximumLane(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let best = f32x4.splat(-Infinity)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) best = larger(best, v128.load32_splat(x))
  }
  return best
}

function total(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let sum = f32x4.splat(0)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) sum = f32x4.add(sum, v128.load(x))
  }
  return sum
}

function totalLane(corner: usize, rows: i32, stepY: i32, columns: i32, stepX: i32): v128 {
  let sum = f32x4.splat(0)
  for (let y = 0; y < rows; y++, corner += stepY) {
    let x = corner
    for (let left = columns; left > 0; left--, x += stepX) sum = f32x4.add(sum, v128.load32_splat(x))
  }
  return sum
}
