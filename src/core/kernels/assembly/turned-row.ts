import { madd } from './madd'
import { tileRows, turnedRows } from './scratch'
import { TURNED, turnBlocks } from './turn'

/** 16 rows of 16 weights. */
const BLOCK_BYTES: usize = 1024
/** Numbers of 16 columns. */
const TILE_BYTES: usize = 64

/**
 * Adds the products of one row, of `k` numbers, and of weights packed for the other pass, [tile of 16 k][n][16], to the sums of
 * `tiles` column tiles in `tileRows`, in the order of k. The weights of the first 16 k are at `w`, those of the next `step` bytes
 * further: tile by tile would be short runs far apart, several tiles at a time are long ones.
 */
export function addRow(x: usize, k: i32, w: usize, step: usize, tiles: i32): void {
  for (let left = k; left > 0; left -= TURNED) {
    const products = min(left, TURNED)
    for (let tile = 0; tile < tiles; tile++) {
      turnBlocks(w + tile * BLOCK_BYTES, 0, turnedRows(), 1)
      addProducts(x, products, tileRows() + tile * TILE_BYTES)
    }
    x += TURNED << 2
    w += step
  }
}

/** Adds products with the turned block's first rows to the sums of a column tile. */
function addProducts(x: usize, k: i32, sums: usize): void {
  let s0 = v128.load(sums)
  let s1 = v128.load(sums, 16)
  let s2 = v128.load(sums, 32)
  let s3 = v128.load(sums, 48)
  let w = turnedRows()
  for (let left = k; left > 0; left--) {
    const factor = v128.load32_splat(x)
    s0 = madd(factor, v128.load(w), s0)
    s1 = madd(factor, v128.load(w, 16), s1)
    s2 = madd(factor, v128.load(w, 32), s2)
    s3 = madd(factor, v128.load(w, 48), s3)
    x += 4
    w += TILE_BYTES
  }
  v128.store(sums, s0)
  v128.store(sums, s1, 16)
  v128.store(sums, s2, 32)
  v128.store(sums, s3, 48)
}
