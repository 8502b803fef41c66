/** What a register tile works on: a block of rows, and one tile of columns (dense) or all channels (depthwise). */
@unmanaged
export class TileJob {
  /**
   * Of `listRows`: the rows' offsets in the output, then `listStep` bytes further those of each tap. Of `listStrips`: the
   * pixels of each line, `listStep` bytes apart.
   */
  list: usize
  listStep: usize
  rows: i32
  taps: i32
  /** products per tap */
  k: i32
  /** added to the addresses in the list: where the group's channels begin */
  xOffset: usize
  w: usize
  /** where each tap's weights begin in `w` */
  tapOffsets: usize
  /** of tiles that take listed products: see `product-lists.ts` */
  counts: usize
  products: usize
  bias: usize
  out: usize
  /** a u32 per row: its offset in `out`, `addend` and `gate` */
  offsets: usize
  addend: usize
  clampMin: f32
  clampMax: f32
  gate: usize
  gateMin: f32
  gateMax: f32
  /** bits of elements: bit i of the word of element 0 belongs to element i; for tiles of whole vectors of channels */
  gateBits: usize
  maskBits: usize
}

/** value where gateMin < gate < gateMax, else 0 */
// @ts-ignore: decorator
@inline
export function gated(value: v128, gate: v128, gateMin: v128, gateMax: v128): v128 {
  return v128.and(value, v128.and(f32x4.lt(gateMin, gate), f32x4.lt(gate, gateMax)))
}

// @ts-ignore: decorator
@inline
function within(value: v128, min: v128, max: v128): v128 {
  return v128.and(f32x4.lt(min, value), f32x4.lt(value, max))
}

/** A bit for each of 8 floats at `address`: min < value < max. */
// @ts-ignore: decorator
@inline
export function maskOf8(address: usize, min: v128, max: v128): i32 {
  const words = i16x8.narrow_i32x4_s(
    within(v128.load(address), min, max),
    within(v128.load(address, 16), min, max),
  )
  return i8x16.bitmask(i8x16.narrow_i16x8_s(words, words))
}

/** A bit for each of 16 floats. Neighbours are in different words, for V8 to compare them as one vector of 256 bits. */
// @ts-ignore: decorator
@inline
export function maskOf16(address: usize, min: v128, max: v128): i32 {
  const even = i16x8.narrow_i32x4_s(
    within(v128.load(address), min, max),
    within(v128.load(address, 32), min, max),
  )
  const odd = i16x8.narrow_i32x4_s(
    within(v128.load(address, 16), min, max),
    within(v128.load(address, 48), min, max),
  )
  const bytes = i8x16.narrow_i16x8_s(even, odd)
  return i8x16.bitmask(v128.shuffle<i32>(bytes, bytes, 0, 2, 1, 3))
}
