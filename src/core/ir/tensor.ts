import { CoreError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from './shape.ts'

/** `float` is f32 in the WASM executor and f64 in the reference; `int` and `bool` are shapes, indices, conditions. */
export type DType = 'float' | 'int' | 'bool'

/** Dense row-major numbers. `int` and `bool` are kept as doubles too: shapes and indices are exact below 2⁵³. */
export interface Tensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Float32Array | Float64Array
}

/** A tensor whose data fit its shape. Throws `shape` otherwise. */
export function tensor(
  shape: Shape,
  data: Float32Array | Float64Array | readonly number[],
  dtype: DType = 'float',
): Tensor {
  if (sizeOf(shape) !== data.length)
    throw new CoreError('shape', `${formatShape(shape)} does not hold ${data.length} numbers`)
  return {
    shape,
    dtype,
    data: Array.isArray(data) ? Float64Array.from(data) : (data as Float32Array | Float64Array),
  }
}

export const scalar = (value: number, dtype: DType = 'float'): Tensor => tensor([], [value], dtype)

/**
 * Whether floats computed from these are kept in float64, rather than float32: when all operands of more than one number
 * are. Single numbers count only where there is nothing else: vjps write them in double.
 */
export function keepsDoubles(operands: readonly Tensor[]): boolean {
  const floats = operands.filter(({ dtype }) => dtype === 'float')
  const large = floats.filter(({ data }) => data.length > 1)
  return (large.length > 0 ? large : floats).every(({ data }) => data instanceof Float64Array)
}
