/*
 * Pairs of 8 bytes in the order of their upper halves, unsigned, 11 bits at a time from the lowest.
 */
const DIGIT_BITS: i32 = 11
const DIGITS: i32 = 1 << DIGIT_BITS
const PASSES: i32 = 3
/** Besides the pairs. */
export const SORT_BYTES: usize = PASSES * DIGITS * 4
const PAIR_BYTES: i32 = 8

let counts: usize
let first: usize
let second: usize
let length: i32

/** Room at `address` for so many pairs: 16 bytes each and SORT_BYTES. Answers where to put them, one after the other. */
export function openPairs(address: usize, count: i32): usize {
  counts = address
  first = address + SORT_BYTES
  second = first + count * PAIR_BYTES
  length = count
  return first
}

/** Sorts them; answers where they are then. */
export function sortPairs(): usize {
  countDigits()
  let from = first
  let to = second
  for (let pass = 0; pass < PASSES; pass++) {
    const table = counts + pass * DIGITS * 4
    startsOf(table)
    const shift: u64 = 32 + pass * DIGIT_BITS
    const end = from + length * PAIR_BYTES
    for (let at = from; at < end; at += PAIR_BYTES) {
      const pair = load<u64>(at)
      const digit = table + ((<usize>(pair >> shift) & (DIGITS - 1)) << 2)
      const place = load<u32>(digit)
      store<u32>(digit, place + 1)
      store<u64>(to + place * PAIR_BYTES, pair)
    }
    const sorted = to
    to = from
    from = sorted
  }
  return from
}

/** How often each digit occurs, in all passes at once. */
function countDigits(): void {
  memory.fill(counts, 0, SORT_BYTES)
  const end = first + length * PAIR_BYTES
  for (let at = first; at < end; at += PAIR_BYTES) {
    let key = load<u32>(at, 4)
    for (let pass = 0; pass < PASSES; pass++) {
      const digit = counts + pass * DIGITS * 4 + ((key & (DIGITS - 1)) << 2)
      store<u32>(digit, load<u32>(digit) + 1)
      key >>= DIGIT_BITS
    }
  }
}

/** Counts become the place of the first pair with each digit. */
function startsOf(table: usize): void {
  let place: u32 = 0
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = load<u32>(table + (digit << 2))
    store<u32>(table + (digit << 2), place)
    place += count
  }
}
