import { expect } from 'vitest'
import { formatShape, type Shape, sameShape, stridesOf } from '../../src/core/ir/shape.ts'

/** What `toBeClose` compares: anything with a shape and numbers. */
export interface Numbers {
  readonly shape: Shape
  readonly data: ArrayLike<number>
}
/** Largest allowed error: `relative` to the largest finite expected number, or `absolute`; both add up. */
export interface Tolerance {
  readonly relative?: number
  readonly absolute?: number
}

declare module 'vitest' {
  // The type parameters repeat vitest's own declaration, as merging demands.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Same shape, and every number within the tolerance; NaN and ±Infinity equal themselves only. */
    toBeClose(expected: Numbers, tolerance: Tolerance): R
  }
}

expect.extend({
  toBeClose(actual: Numbers, expected: Numbers, { relative = 0, absolute = 0 }: Tolerance) {
    const shapes = `${formatShape(actual.shape)}, expected ${formatShape(expected.shape)}`
    if (!sameShape(actual.shape, expected.shape) || actual.data.length !== expected.data.length)
      return { pass: false, message: () => `shape ${shapes}` }
    const allowed = absolute + relative * largestFinite(expected.data)
    const worst = worstIndex(actual.data, expected.data)
    const pass = worst.error <= allowed
    return {
      pass,
      message: () =>
        `shape ${shapes}: at [${indexAt(worst.index, expected.shape)}] got ${actual.data[worst.index]}, ` +
        `expected ${expected.data[worst.index]}; error ${worst.error}, allowed ${allowed}`,
    }
  },
})

function largestFinite(data: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < data.length; i++)
    if (Number.isFinite(data[i])) largest = Math.max(largest, Math.abs(data[i] ?? 0))
  return largest
}

function worstIndex(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { index: number; error: number } {
  const worst = { index: 0, error: 0 }
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN]
    const same = a === e || (Number.isNaN(a) && Number.isNaN(e))
    const difference = Math.abs(a - e)
    const error = same ? 0 : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    if (error > worst.error) Object.assign(worst, { index: i, error })
  }
  return worst
}

const indexAt = (index: number, shape: Shape): string =>
  stridesOf(shape)
    .map((stride, axis) => Math.floor(index / stride) % (shape[axis] ?? 1))
    .join(',')
