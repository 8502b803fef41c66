import { BilateralArgs, PictureArgs } from './generated/args'
import { madd } from './madd'
import {
  MOST_PIXELS,
  nextPlanes,
  openPlanes,
  planeBytes,
  planeRow,
  planesCount,
  planesFirst,
  planesOwn,
  planesPixels,
} from './planes'
import { openUnit, rowBegin, rowEnd } from './unit'
import { expNegative } from './vector-math'

/*
 * Tap by tap over all pixels of a block: their distances from the centres in colour, the weights, then the sums. The kernel's own
 * bytes: the addresses of the window's rows, a row of weights, one of their sums, one of sums for each channel.
 */

const ROWS_BYTES: usize = 8192
const ROW_BYTES: i32 = MOST_PIXELS * 4

/** Rows are output rows; columns are pixels of them. */
export function bilateralKernel(pointer: usize, unit: i32): void {
  const args = changetype<BilateralArgs>(pointer)
  const channels = args.channels
  openUnit(unit, args.rows, args.outW, args.rowsPerUnit, args.columnsPerUnit)
  openPlanes(changetype<PictureArgs>(pointer), ROWS_BYTES + (channels + 2) * ROW_BYTES)
  const rows = planesOwn()
  while (nextPlanes()) {
    for (let row = rowBegin; row < rowEnd; row++) {
      const first = args.firstRow + row - args.top
      for (let i = 0; i < args.kernelH; i++) store<u32>(rows + (i << 2), <u32>planeRow(first + i))
      memory.fill(weightSums(), 0, (channels + 1) * ROW_BYTES)
      const centre = load<u32>(rows + (args.top << 2)) + (args.left << 2)
      let spatial = args.spatial
      for (let i = 0; i < args.kernelH; i++) {
        let x = load<u32>(rows + (i << 2))
        for (let j = 0; j < args.kernelW; j++, x += 4, spatial += 4) {
          const weight = load<f32>(spatial)
          if (weight != 0) addTap(x, centre, channels, weight, args.colorFactor)
        }
      }
      finish(args.out + (row * args.outW + planesFirst) * (channels << 2), channels)
    }
  }
}

// @ts-ignore: decorator
@inline
function weights(): usize {
  return planesOwn() + ROWS_BYTES
}
// @ts-ignore: decorator
@inline
function weightSums(): usize {
  return weights() + ROW_BYTES
}

/** One tap of all the block's windows, whose first pixel is at `x`. */
function addTap(x: usize, centre: usize, channels: i32, spatial: f32, factor: f32): void {
  const bytes: usize = planesPixels << 2
  const step = planeBytes
  for (let channel = 0; channel < channels; channel++) {
    addDistances(x + channel * step, centre + channel * step, channel == 0, bytes)
  }
  weigh(spatial, factor, bytes)
  for (let channel = 0; channel < channels; channel++) {
    addWeighed(x + channel * step, weightSums() + (channel + 1) * ROW_BYTES, bytes)
  }
}

/** distance (+)= (x − centre)² */
function addDistances(x: usize, centre: usize, isFirst: bool, bytes: usize): void {
  const distances = weights()
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 32) {
    const d0 = f32x4.sub(v128.load(x + at), v128.load(centre + at))
    const d1 = f32x4.sub(v128.load(x + at, 16), v128.load(centre + at, 16))
    const before0 = isFirst ? zero : v128.load(distances + at)
    const before1 = isFirst ? zero : v128.load(distances + at, 16)
    v128.store(distances + at, madd(d1, d1, before1), 16)
    v128.store(distances + at, madd(d0, d0, before0))
  }
}

/** Distances become weights, which are summed. */
function weigh(spatial: f32, factor: f32, bytes: usize): void {
  const distances = weights()
  const sums = weightSums()
  const s = f32x4.splat(spatial)
  const f = f32x4.splat(factor)
  for (let at: usize = 0; at < bytes; at += 32) {
    const w0 = f32x4.mul(s, expNegative(f32x4.mul(f, v128.load(distances + at))))
    const w1 = f32x4.mul(s, expNegative(f32x4.mul(f, v128.load(distances + at, 16))))
    v128.store(distances + at, w1, 16)
    v128.store(distances + at, w0)
    v128.store(sums + at, f32x4.add(v128.load(sums + at, 16), w1), 16)
    v128.store(sums + at, f32x4.add(v128.load(sums + at), w0))
  }
}

/** sum += weight · x */
function addWeighed(x: usize, sums: usize, bytes: usize): void {
  const w = weights()
  for (let at: usize = 0; at < bytes; at += 32) {
    const sum0 = madd(v128.load(w + at), v128.load(x + at), v128.load(sums + at))
    const sum1 = madd(v128.load(w + at, 16), v128.load(x + at, 16), v128.load(sums + at, 16))
    v128.store(sums + at, sum1, 16)
    v128.store(sums + at, sum0)
  }
}

/** Writes the block's pixels. */
function finish(out: usize, channels: i32): void {
  for (let pixel = 0; pixel < planesCount; pixel++) {
    const at = weightSums() + (pixel << 2)
    const weight = load<f32>(at)
    for (let channel = 1; channel <= channels; channel++, out += 4) {
      store<f32>(out, load<f32>(at + channel * ROW_BYTES) / weight)
    }
  }
}
