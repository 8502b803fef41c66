/** Rows and columns of a block of turned weights. */
export const TURNED: i32 = 16
const ROW_BYTES: usize = 64
const BLOCK_BYTES: usize = 1024

/** `count` blocks of 16 rows of 16 numbers, `step` bytes apart, each with rows and columns exchanged, one after the other. */
export function turnBlocks(from: usize, step: usize, to: usize, count: i32): void {
  for (let left = count; left > 0; left--) {
    for (let row: usize = 0; row < 16; row += 4) {
      turn4(from + row * ROW_BYTES, to + row * 4)
      turn4(from + row * ROW_BYTES + 16, to + row * 4 + 4 * ROW_BYTES)
      turn4(from + row * ROW_BYTES + 32, to + row * 4 + 8 * ROW_BYTES)
      turn4(from + row * ROW_BYTES + 48, to + row * 4 + 12 * ROW_BYTES)
    }
    from += step
    to += BLOCK_BYTES
  }
}

/** 4×4 numbers. */
// @ts-ignore: decorator
@inline
function turn4(from: usize, to: usize): void {
  const a = v128.load(from)
  const b = v128.load(from, 64)
  const c = v128.load(from, 128)
  const d = v128.load(from, 192)
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f64>(ab01, cd01, 0, 2))
  v128.store(to, v128.shuffle<f64>(ab01, cd01, 1, 3), 64)
  v128.store(to, v128.shuffle<f64>(ab23, cd23, 0, 2), 128)
  v128.store(to, v128.shuffle<f64>(ab23, cd23, 1, 3), 192)
}
