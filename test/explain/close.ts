import { expect } from 'vitest'
import type { Tensor } from '../../src/core/ir/tensor.ts'
import '../helpers/to-be-close.ts'

/** The same shape, and every number within `tolerance` of the largest. */
export function expectClose(
  actual: Tensor,
  shape: readonly number[],
  data: ArrayLike<number>,
  tolerance: number,
): void {
  expect(actual).toBeClose({ shape, data }, { relative: tolerance })
}
