import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { oneHot } from '../networks/one-hot.ts'
import { numbers } from '../networks/samples-json.ts'

/** Nested numbers of a body as a tensor of the shape they are nested in. Throws NetworkError `bad-data`. */
export function readNumbers(parameter: string, given: readonly unknown[]): Tensor {
  const { shape, data } = numbers(given, parameter)
  return tensor(shape, data)
}

/** One sample, of shape `each`, as a batch of one; batches as they are. */
export const asBatch = (read: Tensor, each: readonly number[]): Tensor =>
  read.shape.length === each.length ? { ...read, shape: [1, ...read.shape] } : read

/** A target that is a number: what a single output is to give, or the number of a class. Throws NetworkError `bad-data`. */
export function targetOf(parameter: string, given: number, each: readonly number[]): Tensor {
  const [classes = 1, ...more] = each
  if (more.length > 0) return tensor([1], [given])
  const row = new Float64Array(classes)
  return tensor([1, classes], classes === 1 ? row.fill(given) : oneHot(row, [given], classes, parameter))
}
