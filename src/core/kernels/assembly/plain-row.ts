import { row1, row4 } from './generated/tiles'

/** Numbers of 16 columns. */
const TILE_BYTES: usize = 64

/**
 * Adds the products of one row, of `k` numbers, and of packed weights to the sums of `tiles` column tiles, one after the other, in the
 * order of k. The weights of a tile are at `w`, those of the next `tileBytes` further.
 */
export function addPlainRow(x: usize, k: i32, w: usize, tileBytes: usize, tiles: i32, sums: usize): void {
  for (; tiles >= 4; tiles -= 4) {
    row4(x, k, w, tileBytes, sums)
    w += tileBytes << 2
    sums += TILE_BYTES << 2
  }
  for (; tiles > 0; tiles--) {
    row1(x, k, w, tileBytes, sums)
    w += tileBytes
    sums += TILE_BYTES
  }
}
