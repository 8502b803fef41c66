import { madd } from './madd'

/** Numbers of 16 columns. */
const TILE_BYTES: usize = 64

/**
 * Adds the products of one row, of `k` numbers, and of packed weights to the sums of `tiles` column tiles, one after the other, in the
 * order of k. The weights of a tile are at `w`, those of the next `tileBytes` further. Four tiles at a time: as many places in memory
 * from which weights are on their way.
 */
export function addPlainRow(x: usize, k: i32, w: usize, tileBytes: usize, tiles: i32, sums: usize): void {
  for (; tiles >= 4; tiles -= 4) {
    addFour(x, k, w, tileBytes, sums)
    w += tileBytes << 2
    sums += TILE_BYTES << 2
  }
  for (; tiles > 0; tiles--) {
    addOne(x, k, w, sums)
    w += tileBytes
    sums += TILE_BYTES
  }
}

function addFour(x: usize, k: i32, w0: usize, tileBytes: usize, sums: usize): void {
  let w1 = w0 + tileBytes
  let w2 = w1 + tileBytes
  let w3 = w2 + tileBytes
  let a0 = v128.load(sums)
  let a1 = v128.load(sums, 16)
  let a2 = v128.load(sums, 32)
  let a3 = v128.load(sums, 48)
  let b0 = v128.load(sums, 64)
  let b1 = v128.load(sums, 80)
  let b2 = v128.load(sums, 96)
  let b3 = v128.load(sums, 112)
  let c0 = v128.load(sums, 128)
  let c1 = v128.load(sums, 144)
  let c2 = v128.load(sums, 160)
  let c3 = v128.load(sums, 176)
  let d0 = v128.load(sums, 192)
  let d1 = v128.load(sums, 208)
  let d2 = v128.load(sums, 224)
  let d3 = v128.load(sums, 240)
  for (let left = k; left > 0; left--) {
    const factor = v128.load32_splat(x)
    a0 = madd(factor, v128.load(w0), a0)
    a1 = madd(factor, v128.load(w0, 16), a1)
    a2 = madd(factor, v128.load(w0, 32), a2)
    a3 = madd(factor, v128.load(w0, 48), a3)
    b0 = madd(factor, v128.load(w1), b0)
    b1 = madd(factor, v128.load(w1, 16), b1)
    b2 = madd(factor, v128.load(w1, 32), b2)
    b3 = madd(factor, v128.load(w1, 48), b3)
    c0 = madd(factor, v128.load(w2), c0)
    c1 = madd(factor, v128.load(w2, 16), c1)
    c2 = madd(factor, v128.load(w2, 32), c2)
    c3 = madd(factor, v128.load(w2, 48), c3)
    d0 = madd(factor, v128.load(w3), d0)
    d1 = madd(factor, v128.load(w3, 16), d1)
    d2 = madd(factor, v128.load(w3, 32), d2)
    d3 = madd(factor, v128.load(w3, 48), d3)
    x += 4
    w0 += TILE_BYTES
    w1 += TILE_BYTES
    w2 += TILE_BYTES
    w3 += TILE_BYTES
  }
  v128.store(sums, a0)
  v128.store(sums, a1, 16)
  v128.store(sums, a2, 32)
  v128.store(sums, a3, 48)
  v128.store(sums, b0, 64)
  v128.store(sums, b1, 80)
  v128.store(sums, b2, 96)
  v128.store(sums, b3, 112)
  v128.store(sums, c0, 128)
  v128.store(sums, c1, 144)
  v128.store(sums, c2, 160)
  v128.store(sums, c3, 176)
  v128.store(sums, d0, 192)
  v128.store(sums, d1, 208)
  v128.store(sums, d2, 224)
  v128.store(sums, d3, 240)
}

/** The products of `k` numbers at `x` and of a column tile's weights at `w`, added to the tile's sums. */
export function addOne(x: usize, k: i32, w: usize, sums: usize): void {
  let s0 = v128.load(sums)
  let s1 = v128.load(sums, 16)
  let s2 = v128.load(sums, 32)
  let s3 = v128.load(sums, 48)
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
