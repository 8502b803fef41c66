import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { minmax } from '../../src/explain/tensor.ts'

/** ‖actual − expected‖ / ‖expected‖ */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    error += ((actual[i] ?? NaN) - (expected[i] ?? NaN)) ** 2
    norm += (expected[i] ?? NaN) ** 2
  }
  return Math.sqrt(error / norm)
}

/** A map brought to 0..1, as pytorch-grad-cam answers it. */
export function toUnitRange(map: Tensor): Tensor {
  const { min, max } = minmax(map)
  return tensor(
    map.shape,
    Array.from(map.data, (value) => (value - min) / (max - min)),
  )
}
