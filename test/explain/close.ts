import { expect } from 'vitest'
import type { Tensor } from '../../src/core/ir/tensor.ts'

type Row = ArrayLike<number>

/** ‖a − b‖ / ‖b‖ */
export function relativeL2(actual: Row, expected: Row): number {
  let error = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    error += ((actual[i] ?? NaN) - (expected[i] ?? NaN)) ** 2
    norm += (expected[i] ?? NaN) ** 2
  }
  return Math.sqrt(error / norm)
}

/** max |a − b| / max |b|, with b's largest number taken as 1 where all are 0 */
export function relativeMax(actual: Row, expected: Row): number {
  let error = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN)))
    largest = Math.max(largest, Math.abs(expected[i] ?? NaN))
  }
  return error / (largest || 1)
}

/** The same shape, and every number within `tolerance` of the largest. */
export function expectClose(
  actual: Tensor,
  shape: readonly number[],
  expected: Row,
  tolerance: number,
): void {
  expect(actual.shape).toEqual(shape)
  expect(actual.data.length).toBe(expected.length)
  expect(relativeMax(actual.data, expected)).toBeLessThanOrEqual(tolerance)
}
