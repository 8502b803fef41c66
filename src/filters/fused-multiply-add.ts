/** 2²⁷ + 1: splits a double into two halves of its digits (Veltkamp). */
const SPLITTER = 134217729

/** a·b + c rounded once, as the processor's instruction does: Dekker's exact product, Knuth's exact sum. */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const aHigh = highHalf(a)
  const bHigh = highHalf(b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  const lost = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
  const sum = product + c
  const part = sum - product
  return sum + (product - (sum - part) + (c - part) + lost)
}

function highHalf(value: number): number {
  const scaled = SPLITTER * value
  return scaled - (scaled - value)
}
