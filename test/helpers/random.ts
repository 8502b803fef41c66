import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type Shape, sizeOf } from '../../src/core/ir/shape.ts'
import { type DType, type Tensor, tensor } from '../../src/core/ir/tensor.ts'

/** Uniform numbers in [0, 1) from a seed. */
export function seeded(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/** Numbers in [low, high), none nearer than `margin` to a kink. */
export function uniform(
  shape: Shape,
  random: () => number,
  [low, high]: readonly [number, number] = [-1, 1],
  kinks: readonly number[] = [],
  margin = 0.05,
): Tensor {
  const draw = (): number => {
    const value = low + (high - low) * random()
    return kinks.some((kink) => Math.abs(value - kink) < margin) ? draw() : value
  }
  return tensor(shape, Float64Array.from({ length: sizeOf(shape) }, draw))
}

/** A random order of numbers 0.1 apart, centred on 0: no two are near a tie. */
export function distinct(shape: Shape, random: () => number): Tensor {
  const size = sizeOf(shape)
  const values = Float64Array.from({ length: size }, (_, i) => (i - size / 2) / 10)
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [values[i] ?? 0, values[j] ?? 0]
    values[i] = b
    values[j] = a
  }
  return tensor(shape, values)
}

export const given = (shape: Shape, values: readonly number[], dtype: DType = 'float'): Tensor =>
  tensor(shape, values, dtype)
