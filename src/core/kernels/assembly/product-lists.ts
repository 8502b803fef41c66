import { LOW_ROWS, TALL_ROWS, tallRows, wideTiles } from './generated/tiles'
import { listEight } from './list-places'
import { PRODUCT_LISTS_BYTES, productLists, rowList } from './scratch'
import { rowBegin, rowEnd, step } from './unit'
import { listStep } from './window'

/*
 * Which products count, where many of the input's numbers are 0: those that are not 0 in at least one of a register tile's rows. They are
 * listed once for all column tiles, block after block. A block's list: its bytes, then for each tile of rows and each tap how many
 * products count, then for each of them a u32, where its number is in the pixel.
 */

/** Products of a window, at most: the lists of MAX_BLOCK_ROWS in tiles of 4 rows fit. */
const MAX_PRODUCTS: i32 = 15_000

/** The unit's rows whose blocks are listed, and the step of which they are. */
let lastStep: i32 = 0
let lastBegin: i32
let lastEnd: i32

/** Whether the unit before, of other columns, has listed the blocks; where the next block's list is, or goes. */
let areListed: bool
let next: usize

/** Begins a unit. Whether products of windows with so many can be listed. */
export function openLists(products: i32): bool {
  if (products > MAX_PRODUCTS) return false
  areListed = step != 0 && step == lastStep && rowBegin == lastBegin && rowEnd == lastEnd
  lastStep = step
  lastBegin = rowBegin
  lastEnd = rowEnd
  next = productLists()
  return true
}

/** Where the block's counts are, and the products. */
export let counts: usize
export let products: usize

/** Lists the products of the next block: `rows` listed rows of `taps` pixels, `k` numbers each, a multiple of 8. */
export function listProducts(rows: i32, taps: i32, k: i32): void {
  const tiles = wideTiles(rows)
  const headBytes: usize = (1 + tiles * taps) * 4
  if (!areListed && next + headBytes + tiles * taps * k * 4 + 16 > productLists() + PRODUCT_LISTS_BYTES) {
    // no room for all: this list takes the first ones' place, and the next unit begins anew
    next = productLists()
    lastStep = 0
  }
  counts = next + 4
  products = next + headBytes
  if (!areListed) store<u32>(next, listTiles(rows, taps, k) - next)
  next += load<u32>(next)
}

/** Lists the products of each tile of rows; the end of the list. */
function listTiles(rows: i32, taps: i32, k: i32): usize {
  const tall = tallRows(rows)
  let count = counts
  let at = products
  for (let row = 0; row < rows; ) {
    const tileRows = row < tall ? TALL_ROWS : LOW_ROWS
    let entry = rowList() + (row << 2)
    for (let tap = 0; tap < taps; tap++) {
      entry += listStep()
      const end = listTile(at, entry, tileRows, k)
      store<u32>(count, (end - at) >> 2)
      count += 4
      at = end
    }
    row += tileRows
  }
  return at
}

/** Lists those of `k` products that are not 0 in one of a tile's rows, whose addresses are at `entry`; the end of the list. */
function listTile(at: usize, entry: usize, rows: i32, k: i32): usize {
  let r0 = rowAt(entry, 0, rows)
  let r1 = rowAt(entry, 1, rows)
  let r2 = rowAt(entry, 2, rows)
  let r3 = rowAt(entry, 3, rows)
  let r4 = rowAt(entry, 4, rows)
  let r5 = rowAt(entry, 5, rows)
  let places = i32x4.splat(0)
  for (; k > 0; k -= 8) {
    const bits = v128.or(
      v128.or(v128.or(v128.load(r0), v128.load(r1)), v128.or(v128.load(r2), v128.load(r3))),
      v128.or(v128.load(r4), v128.load(r5)),
    )
    const nextBits = v128.or(
      v128.or(v128.or(v128.load(r0, 16), v128.load(r1, 16)), v128.or(v128.load(r2, 16), v128.load(r3, 16))),
      v128.or(v128.load(r4, 16), v128.load(r5, 16)),
    )
    at = listEight(at, places, bits, nextBits)
    places = i32x4.add(places, i32x4.splat(32))
    r0 += 32
    r1 += 32
    r2 += 32
    r3 += 32
    r4 += 32
    r5 += 32
  }
  return at
}

/** The address of a tile's row, or of its last one beyond that. */
// @ts-ignore: decorator
@inline
function rowAt(entry: usize, row: i32, rows: i32): usize {
  return load<u32>(entry + (min(row, rows - 1) << 2))
}
