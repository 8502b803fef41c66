/** Weights are fixed-point numbers of so many bits. */
const PRECISION: i32 = 22
const HALF: i32 = 1 << (PRECISION - 1)

/** Four sums as bytes, between 0 and 255. */
// @ts-ignore: decorator
@inline
function bytesOf(low: v128, high: v128): v128 {
  return v128.narrow<i32>(v128.shr<i32>(low, PRECISION), v128.shr<i32>(high, PRECISION))
}

/**
 * Rows of `width` pixels, each the weighted sum of neighbours: of `count`[x] pixels of its source row from `first`[x] on, by as many
 * of the `stride` weights at x. Source rows are `step` bytes apart. 4 bytes are read and written at a pixel, whatever its channels: 3
 * bytes behind the rows are touched.
 */
export function sumColumns(
  source: usize,
  step: usize,
  rows: i32,
  channels: usize,
  first: usize,
  count: usize,
  weights: usize,
  stride: usize,
  width: usize,
  target: usize,
): void {
  const half = i32x4.splat(HALF)
  for (; rows > 0; rows--) {
    let weight = weights
    for (let x: usize = 0; x < width << 2; x += 4) {
      let from = source + <usize>load<i32>(first + x) * channels
      let sum = half
      const end = weight + (<usize>load<i32>(count + x) << 2)
      for (let at = weight; at < end; at += 4) {
        const pixel = v128.extend_low<u16>(v128.extend_low<u8>(v128.load32_zero(from)))
        sum = i32x4.add(sum, i32x4.mul(pixel, v128.load32_splat(at)))
        from += channels
      }
      const words = bytesOf(sum, sum)
      v128.store_lane<u32>(target, i8x16.narrow_i16x8_u(words, words), 0)
      target += channels
      weight += stride << 2
    }
    source += step
  }
}

/**
 * A row of `length` bytes, each the sum of those above each other in `count` source rows, `length` bytes apart, by the rows'
 * weights. 16 bytes at a time: up to 15 behind the rows are touched.
 */
export function sumRows(source: usize, count: i32, weights: usize, length: usize, target: usize): void {
  const half = i32x4.splat(HALF)
  for (let at: usize = 0; at < length; at += 16) {
    let sum0 = half
    let sum1 = half
    let sum2 = half
    let sum3 = half
    let from = source + at
    for (let row = 0; row < count; row++, from += length) {
      const bytes = v128.load(from)
      const weight = v128.load32_splat(weights + (<usize>row << 2))
      const low = v128.extend_low<u8>(bytes)
      const high = v128.extend_high<u8>(bytes)
      sum0 = i32x4.add(sum0, i32x4.mul(v128.extend_low<u16>(low), weight))
      sum1 = i32x4.add(sum1, i32x4.mul(v128.extend_high<u16>(low), weight))
      sum2 = i32x4.add(sum2, i32x4.mul(v128.extend_low<u16>(high), weight))
      sum3 = i32x4.add(sum3, i32x4.mul(v128.extend_high<u16>(high), weight))
    }
    v128.store(target + at, i8x16.narrow_i16x8_u(bytesOf(sum0, sum1), bytesOf(sum2, sum3)))
  }
}
