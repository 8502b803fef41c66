import { formatShape, type Shape, sizeOf } from '../core/ir/shape.ts'
import { NetworkError } from './errors.ts'
import type { Initializer } from './initializers.ts'
import type { ParameterSpec } from './layer.ts'
import { readNested } from './nested.ts'

/** A parameter with its initial numbers: given ones, nested as the shape or flat, or by an initialiser. Throws NetworkError. */
export function weightOf(
  name: string,
  role: ParameterSpec['role'],
  shape: Shape,
  init: Initializer,
  given: readonly unknown[] | undefined,
): ParameterSpec {
  if (given === undefined) return { name, role, shape, init }
  const parameter = name === 'bias' ? 'biases' : 'weights'
  const values = readNested(given)
  if ('fault' in values) throw new NetworkError('bad-spec', parameter, values.fault)
  const fits = values.shape.length === 1 || String(values.shape) === String(shape)
  if (!fits || values.data.length !== sizeOf(shape))
    throw new NetworkError(
      'bad-spec',
      parameter,
      `expected ${formatShape(shape)} numbers, got ${formatShape(values.shape)}`,
    )
  return { name, role, shape, init: { given: values.data } }
}

/** The parameter `bias` of a layer that has one. Throws NetworkError for numbers that no bias takes. */
export function biasOf(
  wanted: boolean,
  shape: Shape,
  given: readonly unknown[] | undefined,
): readonly ParameterSpec[] {
  if (wanted) return [weightOf('bias', 'bias', shape, 'zeros', given)]
  if (given === undefined) return []
  throw new NetworkError('bad-spec', 'biases', 'expected none of a layer without bias')
}
