import { describe, expect, it } from 'vitest'
import { CoreError } from '../../../src/core/errors.ts'
import { encodeArgs } from '../../../src/core/kernels/encode.ts'
import type { KernelArgs } from '../../../src/core/kernels/list.ts'
import { Sandbox } from './sandbox.ts'

const REPLICATE = 2

/** A picture of one channel with a square window in its middle, edges replicated. */
const shape = (h: number, w: number, kernelH: number, kernelW = kernelH) => ({
  ...{ inH: h, inW: w, channels: 1, firstRow: 0, rows: h, outW: w, kernelH, kernelW },
  ...{ top: (kernelH - 1) >> 1, left: (kernelW - 1) >> 1, boundary: REPLICATE, value: 0 },
})

/** What a kernel makes of a picture. */
function filtered<K extends 'box' | 'rank' | 'extreme'>(
  kernel: K,
  picture: readonly number[],
  args: Omit<KernelArgs[K], 'x' | 'out'>,
): Float32Array {
  const box = new Sandbox('kernels-fma', 256)
  const out = box.empty(picture.length)
  box.run(kernel, { ...args, x: box.place(picture), out } as KernelArgs[K])
  return box.floats.slice(out / 4, out / 4 + picture.length)
}

/** The largest distance from `expected`. */
const largest = (values: Float32Array, expected: number): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v - expected)), 0)

describe('a box over thousands of rows', () => {
  /** Of the largest number in a window, by the promise of the list. */
  const TOLERANCE = 1e-5
  const [h, w] = [5000, 40]

  it.each([5, 31, 255])('keeps the mean of equal numbers with %i taps', (side) => {
    const out = filtered('box', new Array<number>(h * w).fill(0.1), {
      ...shape(h, w, side),
      scale: 1 / side ** 2,
    })
    expect(largest(out, 0.1)).toBeLessThan(0.1 * TOLERANCE)
  })

  it('forgets what has left the window: large numbers, ∞ and NaN', () => {
    const picture = new Array<number>(h * w).fill(1)
    for (const [i, v] of [1e30, Infinity, Number.NaN].entries()) picture[(20 + 40 * i) * w + 7] = v
    const out = filtered('box', picture, { ...shape(h, w, 9), scale: 1 / 81 })
    const far = out.filter((_, i) => [20, 60, 100].every((y) => Math.abs(Math.floor(i / w) - y) > 4))
    expect(largest(far, 1)).toBeLessThan(TOLERANCE)
  })
})

/**
 * A network of minima and maxima that is right for zeros and ones is right for all numbers, and to this one only how many ones
 * each column has matters.
 */
it.each([3, 5])('the median of windows of side %i is right for all columns of zeros and ones', (side) => {
  const windows = (side + 1) ** side
  const w = windows * side
  const ones = Array.from(
    { length: w },
    (_, x) => Math.floor(Math.floor(x / side) / (side + 1) ** (x % side)) % (side + 1),
  )
  const picture = Array.from({ length: side }, (_, y) => ones.map((n) => (y < n ? 1 : 0))).flat()
  const median = (side * side) >> 1
  const out = filtered('rank', picture, { ...shape(side, w, side), index: median })
  const row = out.subarray((side >> 1) * w, ((side >> 1) + 1) * w)
  const wrong = Array.from({ length: windows }, (_, i) => i).filter((i) => {
    const sum = ones.slice(i * side, (i + 1) * side).reduce((a, b) => a + b, 0)
    return row[i * side + (side >> 1)] !== (sum > median ? 1 : 0)
  })
  expect(wrong).toEqual([])
})

it('agrees with itself: the first and last of all ranks are the minimum and the maximum', () => {
  const picture = Array.from({ length: 50 * 60 }, (_, i) => Math.sin(i * i))
  const s = shape(50, 60, 9, 4)
  expect(filtered('rank', picture, { ...s, index: 0 })).toEqual(
    filtered('extreme', picture, { ...s, mode: 0 }),
  )
  expect(filtered('rank', picture, { ...s, index: 35 })).toEqual(
    filtered('extreme', picture, { ...s, mode: 1 }),
  )
})

describe('a window that the scratch memory has no room for', () => {
  const at = { x: 64, out: 64 }
  it('is refused', () => {
    const refused = [
      () => encodeArgs('correlate', { ...at, ...shape(9, 9, 999), w: 64 }),
      () => encodeArgs('separable', { ...at, ...shape(9, 9, 2047, 1), wy: 64, wx: 64 }),
      () => encodeArgs('rank', { ...at, ...shape(9, 9, 401), index: 0 }),
      () => encodeArgs('box', { ...at, ...shape(9, 9, 999), scale: 1 }),
      () => encodeArgs('bilateral', { ...at, ...shape(9, 9, 999), spatial: 64, colorFactor: 0 }),
    ]
    for (const call of refused) expect(call).toThrow(CoreError)
    for (const call of refused) expect(call).toThrow(/a window of \d+×\d+ over 1 channels is too large/)
  })

  it('is none of 255 × 255 over four channels', () => {
    const s = { ...at, ...shape(9, 9, 255), channels: 4 }
    encodeArgs('correlate', { ...s, w: 64 })
    encodeArgs('separable', { ...s, wy: 64, wx: 64 })
    encodeArgs('rank', { ...s, index: 0 })
    encodeArgs('box', { ...s, scale: 1 })
    encodeArgs('extreme', { ...s, mode: 0 })
    encodeArgs('bilateral', { ...s, spatial: 64, colorFactor: 0 })
  })
})
