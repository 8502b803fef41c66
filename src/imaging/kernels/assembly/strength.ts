const SIGN: i32 = 0x80000000

/**
 * Of each cell the number of largest magnitude in `channels` planes of `cells` numbers, the first of equal ones; NaN and infinities do
 * not count, 0 where nothing else is. 4 cells at a time: up to 3 numbers behind the planes and behind `out` are touched.
 */
export function strongest(planes: usize, channels: usize, cells: usize, out: usize): void {
  const infinity = f32x4.splat(Infinity)
  const plane = cells << 2
  for (let at: usize = 0; at < plane; at += 16) {
    let best = f32x4.splat(0)
    let most = f32x4.splat(0)
    for (let c: usize = 0; c < channels; c++) {
      const value = v128.load(planes + c * plane + at)
      const size = f32x4.abs(value)
      const isMore = v128.and(f32x4.gt(size, most), f32x4.lt(size, infinity))
      best = v128.bitselect(value, best, isMore)
      most = v128.bitselect(size, most, isMore)
    }
    v128.store(out + at, best)
  }
}

/** As `strongest`, but of each cell the magnitude itself; infinities count, and NaN is more than all numbers. */
export function largest(planes: usize, channels: usize, cells: usize, out: usize): void {
  const magnitude = i32x4.splat(~SIGN)
  const plane = cells << 2
  for (let at: usize = 0; at < plane; at += 16) {
    let most = i32x4.splat(0)
    // as integers, bits of magnitudes are in the order of the magnitudes, and NaN's are behind them
    for (let c: usize = 0; c < channels; c++)
      most = i32x4.max_s(most, v128.and(v128.load(planes + c * plane + at), magnitude))
    v128.store(out + at, most)
  }
}

/** |number| of each, 4 at a time: up to 3 behind them are touched. */
export function magnitudes(numbers: usize, length: usize, out: usize): void {
  for (let at: usize = 0; at < length << 2; at += 16)
    v128.store(out + at, f32x4.abs(v128.load(numbers + at)))
}

/** In place, scale · (number − floor), between `lowest` and 1. In f64, 2 numbers at a time: up to one behind them is touched. */
export function strengths(numbers: usize, length: usize, floor: f64, scale: f64, lowest: f64): void {
  const from = f64x2.splat(floor)
  const by = f64x2.splat(scale)
  const low = f64x2.splat(lowest)
  const one = f64x2.splat(1)
  for (let at: usize = 0; at < length << 2; at += 8) {
    const number = f64x2.promote_low_f32x4(v128.load64_zero(numbers + at))
    const strength = f64x2.min(one, f64x2.max(low, f64x2.mul(f64x2.sub(number, from), by)))
    v128.store_lane<u64>(numbers + at, f32x4.demote_f64x2_zero(strength), 0)
  }
}
