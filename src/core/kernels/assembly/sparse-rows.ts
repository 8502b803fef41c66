import { SPARSE_ROWS, tallRows } from './generated/tiles'
import { keptOffsets, sparseCounts, sparsePlaces, SPARSE_BYTES } from './scratch'

/** Rows of a block of so many products, at most: it stays in the second-level cache. */
export function sparseBlockRows(products: i32, most: i32): i32 {
  const groups = <i32>SPARSE_BYTES / max(1, products * 4)
  return max(24, min(most, ((groups * SPARSE_ROWS) / 24) * 24))
}

let places: usize

/** Leaves out the zeros of `count` listed rows: `taps` pixels of `k` numbers each, a multiple of 4. */
export function packSparse(list: usize, listStep: usize, count: i32, taps: i32, k: i32, xOffset: usize): void {
  places = sparsePlaces()
  let counts = sparseCounts()
  const tall = tallRows(count)
  for (let row = 0; row < count; ) {
    const isTall = row < tall
    let entry = list + (row << 2)
    for (let tap = 0; tap < taps; tap++) {
      entry += listStep
      const before = places
      packGroup(entry, isTall, xOffset, k)
      store<i32>(counts, <i32>((places - before) >> 2))
      counts += 4
    }
    row += isTall ? 6 : 5
  }
}

function packGroup(entry: usize, isTall: bool, xOffset: usize, k: i32): void {
  const r0 = load<u32>(entry) + xOffset
  const r1 = load<u32>(entry, 4) + xOffset
  const r2 = load<u32>(entry, 8) + xOffset
  const r3 = load<u32>(entry, 12) + xOffset
  const r4 = load<u32>(entry, 16) + xOffset
  const r5 = isTall ? load<u32>(entry, 20) + xOffset : r4
  let at = places
  const end = k << 2
  for (let place = 0; place < end; place += 32) {
    const a0 = r0 + place
    const a1 = r1 + place
    const a2 = r2 + place
    const a3 = r3 + place
    const a4 = r4 + place
    const a5 = r5 + place
    at = keep(
      at,
      place,
      v128.or(
        v128.or(v128.or(v128.load(a0), v128.load(a1)), v128.or(v128.load(a2), v128.load(a3))),
        v128.or(v128.load(a4), v128.load(a5)),
      ),
    )
    at = keep(
      at,
      place + 16,
      v128.or(
        v128.or(v128.or(v128.load(a0, 16), v128.load(a1, 16)), v128.or(v128.load(a2, 16), v128.load(a3, 16))),
        v128.or(v128.load(a4, 16), v128.load(a5, 16)),
      ),
    )
  }
  places = at
}

/** Lists the places of 4 products, from `place` on, that have a bit in `any`; the end of the list. */
// @ts-ignore: decorator
@inline
function keep(at: usize, place: i32, any: v128): usize {
  // without the sign: −0 is 0
  const zeros = i32x4.bitmask(i32x4.eq(i32x4.shl(any, 1), i32x4.splat(0)))
  const kept = zeros ^ 15
  v128.store(at, i32x4.add(i32x4.splat(place), v128.load(keptOffsets() + (kept << 4))))
  return at + (popcnt(kept) << 2)
}
