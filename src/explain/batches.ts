import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { asPrecision, zeros } from './tensor.ts'

/** The items in groups of `size`, the last one smaller; taken only as they are needed. */
export function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Tensors of one shape as (N,…). A single one that is as wide already is not copied. */
export function stack(points: readonly Tensor[], precision: 'f32' | 'f64'): Tensor {
  const [first, ...others] = points
  const shape = first?.shape ?? []
  if (first && others.length === 0) return asPrecision(alone(first), precision)
  const size = sizeOf(shape)
  const batch = zeros([points.length, ...shape], precision)
  points.forEach((point, i) => {
    batch.data.set(point.data, i * size)
  })
  return batch
}

/** A batch of one, over the same numbers. */
export const alone = ({ shape, data }: Tensor): Tensor => tensor([1, ...shape], data)

/** Item `index` of (N,…), as a view. */
export function item(batch: Tensor, index: number): Tensor {
  const shape = batch.shape.slice(1)
  const size = sizeOf(shape)
  return tensor(shape, batch.data.subarray(index * size, (index + 1) * size))
}
