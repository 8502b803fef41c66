import { ReduceArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

const MEAN: i32 = 1
const MAX: i32 = 2
/** Terms summed before they join the total: keeps the rounding error of long sums small. */
const BLOCK: i32 = 256

/** Rows are `outer`; columns are `inner`. */
export function reduceKernel(pointer: usize, unit: i32): void {
  const args = changetype<ReduceArgs>(pointer)
  openUnit(unit, args.outer, args.inner, args.rowsPerUnit, args.columnsPerUnit)
  const length = args.length
  const scale: f32 = args.mode == MEAN ? 1 / <f32>length : 1
  const step = args.inner << 2
  for (let row = rowBegin; row < rowEnd; row++) {
    const x = args.x + ((row * length * args.inner) << 2)
    const out = args.out + ((row * args.inner) << 2)
    if (args.inner == 1) {
      store<f32>(out, args.mode == MAX ? maximumOf(x, length) : sumOf(x, length) * scale)
      continue
    }
    let column = columnBegin
    for (; column + 8 <= columnEnd; column += 8) {
      const from = x + (column << 2)
      const to = out + (column << 2)
      if (args.mode == MAX) {
        v128.store(to, maximumDown(from + 16, length, step), 16)
        v128.store(to, maximumDown(from, length, step))
      } else {
        sumDown(from, length, step, to, scale)
      }
    }
    for (; column < columnEnd; column++) {
      const from = x + (column << 2)
      const to = out + (column << 2)
      if (args.mode == MAX) v128.store32_lane(to, maximumLane(from, length, step), 0)
      else v128.store32_lane(to, f32x4.mul(sumLane(from, length, step), f32x4.splat(scale)), 0)
    }
  }
}

/** The larger of each lane; NaN wins. */
// @ts-ignore: decorator
@inline
function larger(best: v128, x: v128): v128 {
  return v128.bitselect(x, best, v128.or(f32x4.gt(x, best), f32x4.ne(x, x)))
}

/** 8 columns */
function sumDown(x: usize, length: i32, step: i32, out: usize, scale: f32): void {
  const factor = f32x4.splat(scale)
  let total0 = f32x4.splat(0)
  let total1 = f32x4.splat(0)
  for (let done = 0; done < length; done += BLOCK) {
    let sum0 = f32x4.splat(0)
    let sum1 = f32x4.splat(0)
    for (let left = min(BLOCK, length - done); left > 0; left--) {
      sum0 = f32x4.add(sum0, v128.load(x))
      sum1 = f32x4.add(sum1, v128.load(x, 16))
      x += step
    }
    total0 = f32x4.add(total0, sum0)
    total1 = f32x4.add(total1, sum1)
  }
  v128.store(out, f32x4.mul(total1, factor), 16)
  v128.store(out, f32x4.mul(total0, factor))
}

/** One column, in lane 0, in the order of `sumDown`. */
function sumLane(x: usize, length: i32, step: i32): v128 {
  let total = f32x4.splat(0)
  for (let done = 0; done < length; done += BLOCK) {
    let sum = f32x4.splat(0)
    for (let left = min(BLOCK, length - done); left > 0; left--) {
      sum = f32x4.add(sum, v128.load32_zero(x))
      x += step
    }
    total = f32x4.add(total, sum)
  }
  return total
}

function maximumDown(x: usize, length: i32, step: i32): v128 {
  let best = f32x4.splat(-Infinity)
  for (let left = length; left > 0; left--) {
    best = larger(best, v128.load(x))
    x += step
  }
  return best
}

function maximumLane(x: usize, length: i32, step: i32): v128 {
  let best = f32x4.splat(-Infinity)
  for (let left = length; left > 0; left--) {
    best = larger(best, v128.load32_splat(x))
    x += step
  }
  return best
}

/** Contiguous: 8 partial sums per block of 32 rows of 8. */
function sumOf(x: usize, length: i32): f32 {
  const whole = length & ~7
  let total0 = f32x4.splat(0)
  let total1 = f32x4.splat(0)
  for (let done = 0; done < whole; done += BLOCK) {
    let sum0 = f32x4.splat(0)
    let sum1 = f32x4.splat(0)
    for (let left = min(BLOCK, whole - done); left > 0; left -= 8) {
      sum0 = f32x4.add(sum0, v128.load(x))
      sum1 = f32x4.add(sum1, v128.load(x, 16))
      x += 32
    }
    total0 = f32x4.add(total0, sum0)
    total1 = f32x4.add(total1, sum1)
  }
  let sum = acrossLanes(f32x4.add(total0, total1))
  for (let left = length - whole; left > 0; left--) {
    sum += load<f32>(x)
    x += 4
  }
  return sum
}

function acrossLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  )
}

function maximumOf(x: usize, length: i32): f32 {
  let best = f32x4.splat(-Infinity)
  let left = length
  for (; left >= 4; left -= 4) {
    best = larger(best, v128.load(x))
    x += 16
  }
  for (; left > 0; left--) {
    best = larger(best, v128.load32_splat(x))
    x += 4
  }
  best = larger(best, v128.shuffle<i32>(best, best, 2, 3, 0, 1))
  return f32x4.extract_lane(larger(best, v128.shuffle<i32>(best, best, 1, 0, 3, 2)), 0)
}
