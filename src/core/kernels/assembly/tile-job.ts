/** What a register tile works on: a block of rows, and one tile of columns (dense) or all channels (depthwise). */
@unmanaged
export class TileJob {
  /** rows of the block, see `listRows`: offsets in the output, then `listStep` bytes further those of each tap */
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
}

/** value where gateMin < gate < gateMax, else 0 */
// @ts-ignore: decorator
@inline
export function gated(value: v128, gate: v128, gateMin: v128, gateMax: v128): v128 {
  return v128.and(value, v128.and(f32x4.lt(gateMin, gate), f32x4.lt(gate, gateMax)))
}
