import { keptOffsets } from './scratch'

/**
 * Lists the places of those of 8 numbers, the first four at `places`, that have a bit in `low` and `high` besides the sign: as a number it
 * is not 0. The end of the list.
 */
// @ts-ignore: decorator
@inline
export function listEight(at: usize, places: v128, low: v128, high: v128): usize {
  return listFour(listFour(at, places, low), i32x4.add(places, i32x4.splat(16)), high)
}

// @ts-ignore: decorator
@inline
function listFour(at: usize, places: v128, bits: v128): usize {
  const kept = i32x4.bitmask(f32x4.ne(bits, f32x4.splat(0)))
  v128.store(at, i32x4.add(places, v128.load(keptOffsets() + (kept << 4))))
  return at + (popcnt(kept) << 2)
}
