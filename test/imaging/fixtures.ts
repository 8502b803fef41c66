import { readFileSync } from 'node:fs'

/** A fixture made by `test/fixtures/images/make.py`; `madeBy` names program and version. */
export function fixture<T>(name: string): { readonly madeBy: string; readonly cases: T } {
  return JSON.parse(readFileSync(new URL(`../fixtures/images/${name}.json`, import.meta.url), 'utf8'))
}

export const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64')

/** Little-endian float32. */
export const floatsOf = (text: string): Float32Array => {
  const bytes = fromBase64(text)
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** The largest |a − b|; infinite when the lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)))
  return largest
}

/** Numbers in [0,1) that are the same in every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
