import { CorrelateCastArgs, PictureArgs } from './generated/args'
import { FMA } from './generated/options'
import { blockFloats, finishRow, listPictureRows, nextBlock, openPicture, ownBytes, ownRow, resultRow } from './picture'
import { openUnit, rowBegin, rowEnd } from './unit'

/** Of a tap: its weight, where its row's address is in the list of rows, how far into the row it is. */
const TAP_BYTES: i32 = 16

/** Rows are output rows; columns are floats of them. */
export function correlateCastKernel(pointer: usize, unit: i32): void {
  const args = changetype<CorrelateCastArgs>(pointer)
  openUnit(unit, args.rows, args.outW * args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const tapsBytes = (args.kernelH * args.kernelW * TAP_BYTES + 63) & ~63
  openPicture(changetype<PictureArgs>(pointer), args.kernelH, 1, tapsBytes)
  const taps = ownBytes()
  const tapsEnd = listTaps(args, taps)
  const low = f64x2.splat(args.low)
  const high = f64x2.splat(args.high)
  while (nextBlock()) {
    const spare = ownRow(0)
    for (let row = rowBegin; row < rowEnd; row++) {
      const list = listPictureRows(args.firstRow + row - args.top, args.kernelH)
      castRow(list, taps, tapsEnd, resultRow(row, spare), blockFloats << 2, low, high)
      finishRow(row, spare)
    }
  }
}

/** Lists the taps whose weight is not 0, last column and last row first; answers where the list ends. */
function listTaps(args: CorrelateCastArgs, taps: usize): usize {
  let tap = taps
  for (let j = args.kernelW - 1; j >= 0; j--) {
    for (let i = args.kernelH - 1; i >= 0; i--) {
      const weight = load<f64>(args.w + ((i * args.kernelW + j) << 3))
      if (weight == 0) continue
      store<f64>(tap, weight)
      store<i32>(tap, i << 2, 8)
      store<i32>(tap, (j * args.channels) << 2, 12)
      tap += TAP_BYTES
    }
  }
  return tap
}

/** bytes: a multiple of 32. */
function castRow(list: usize, taps: usize, tapsEnd: usize, out: usize, bytes: usize, low: v128, high: v128): void {
  for (let at: usize = 0; at < bytes; at += 32) {
    let c0 = f64x2.splat(0)
    let c1 = f64x2.splat(0)
    let c2 = f64x2.splat(0)
    let c3 = f64x2.splat(0)
    for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
      const x = load<u32>(list + load<u32>(tap, 8)) + load<u32>(tap, 12) + at
      const w = v128.load64_splat(tap)
      c0 = madd64(widened(x), w, c0)
      c1 = madd64(widened(x + 8), w, c1)
      c2 = madd64(widened(x + 16), w, c2)
      c3 = madd64(widened(x + 24), w, c3)
    }
    const first = f32x4.demote_f64x2_zero(cast(c0, low, high))
    const second = f32x4.demote_f64x2_zero(cast(c1, low, high))
    const third = f32x4.demote_f64x2_zero(cast(c2, low, high))
    const fourth = f32x4.demote_f64x2_zero(cast(c3, low, high))
    v128.store(out + at, v128.shuffle<u64>(third, fourth, 0, 2), 16)
    v128.store(out + at, v128.shuffle<u64>(first, second, 0, 2))
  }
}

/** Two floats as doubles. */
// @ts-ignore: decorator
@inline
function widened(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x))
}

// @ts-ignore: decorator
@inline
function madd64(a: v128, b: v128, c: v128): v128 {
  if (FMA) return f64x2.relaxed_madd(a, b, c)
  return f64x2.add(f64x2.mul(a, b), c)
}

/** Rounded, halves away from zero, and clamped. The part after the point is exact: half would not be, added first. */
// @ts-ignore: decorator
@inline
function cast(x: v128, low: v128, high: v128): v128 {
  const whole = f64x2.trunc(x)
  const sign = v128.and(x, f64x2.splat(-0.0))
  const half = f64x2.ge(f64x2.abs(f64x2.sub(x, whole)), f64x2.splat(0.5))
  const away = v128.and(half, v128.or(f64x2.splat(1), sign))
  return f64x2.pmax(low, f64x2.pmin(high, f64x2.add(whole, away)))
}
