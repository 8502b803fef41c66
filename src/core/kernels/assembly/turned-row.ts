import { row1 } from './generated/tiles'
import { tileRows, turnedRows } from './scratch'
import { TURNED, turnBlocks } from './turn'

/** 16 rows of 16 weights. */
const BLOCK_BYTES: usize = 1024
/** Numbers of 16 columns. */
const TILE_BYTES: usize = 64

/** Blocks of 16 k that are worked on together: as many places in memory from which weights are on their way. */
const BLOCKS_AT_ONCE: i32 = 4

/**
 * Adds the products of one row, of `k` numbers, and of weights packed for the other pass, [tile of 16 k][n][16], to the sums of
 * `tiles` column tiles in `tileRows`, in the order of k. The weights of the first 16 k are at `w`, those of the next `step` bytes
 * further: tile by tile would be short runs far apart, several tiles at a time are long ones.
 */
export function addTurnedRow(x: usize, k: i32, w: usize, step: usize, tiles: i32): void {
  for (let left = k; left > 0; left -= TURNED * BLOCKS_AT_ONCE) {
    const products = min(left, TURNED * BLOCKS_AT_ONCE)
    for (let tile = 0; tile < tiles; tile++) {
      let from = w + tile * BLOCK_BYTES
      for (let first = 0; first < products; first += TURNED) {
        turnBlocks(from, 0, turnedRows(), 1)
        row1(x + (first << 2), min(products - first, TURNED), turnedRows(), 0, tileRows() + tile * TILE_BYTES)
        from += step
      }
    }
    x += (TURNED * BLOCKS_AT_ONCE) << 2
    w += BLOCKS_AT_ONCE * step
  }
}
