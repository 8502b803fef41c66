/** Codes of `boundaries`. */
export const CONSTANT: i32 = 0
const SYMMETRIC: i32 = 1
const REPLICATE: i32 = 2
const CIRCULAR: i32 = 3

/** Where position `at` of an axis of `length` is read, at any distance outside; -1 where the constant is. */
export function mapped(at: i32, length: i32, boundary: i32): i32 {
  if (<u32>at < <u32>length) return at
  if (boundary == CONSTANT) return -1
  if (boundary == REPLICATE) return at < 0 ? 0 : length - 1
  if (boundary == CIRCULAR) return modulo(at, length)
  if (boundary == SYMMETRIC) {
    const place = modulo(at, 2 * length)
    return place < length ? place : 2 * length - 1 - place
  }
  if (length == 1) return 0
  const place = modulo(at, 2 * length - 2)
  return place < length ? place : 2 * length - 2 - place
}

/** The remainder that is not negative. */
export function modulo(at: i32, length: i32): i32 {
  const rest = at % length
  return rest < 0 ? rest + length : rest
}
