import type { Value } from '../../core/ir/graph.ts'
import { broadcastShapes, isSymbolic, N, sizeOf } from '../../core/ir/shape.ts'
import { type DType, type Tensor, tensor } from '../../core/ir/tensor.ts'
import { broadcast } from '../../core/reference/loops.ts'
import { malformed, unsupported } from '../errors.ts'
import { readTensor } from '../tensors.ts'
import type { Call, Translator, Translators } from './call.ts'
import { sortedAxes } from './reduce.ts'

const MAX_RANGE = 1_000_000

/** Constants, shapes, and the arithmetic on them that no network needs while it runs. */
export const constants: Translators = {
  Constant: ({ g, attrs }) => {
    if (attrs.has('value')) return g.constant(readTensor(attrs.tensor('value'), 'its value'))
    if (attrs.has('value_float')) return g.constant(tensor([], [attrs.float('value_float')]))
    if (attrs.has('value_int')) return g.constant(tensor([], [attrs.int('value_int')], 'int'))
    const [values, dtype]: [readonly number[], DType] = attrs.has('value_floats')
      ? [attrs.floats('value_floats'), 'float']
      : [attrs.ints('value_ints', []), 'int']
    if (values.length === 0) throw unsupported('it holds text, a sparse tensor or nothing')
    return g.constant(tensor([values.length], values, dtype))
  },
  ConstantOfShape: (call) => {
    const shape = [...known(call, 0).data]
    if (!shape.every((dim) => isSymbolic(dim) || (Number.isSafeInteger(dim) && dim >= 0)))
      throw malformed(`[${shape}] is no shape`)
    const value = call.attrs.has('value')
      ? readTensor(call.attrs.tensor('value'), 'its value')
      : tensor([], [0])
    const [single] = value.data
    if (single === undefined || value.data.length !== 1) throw malformed('its value is not a single number')
    return call.g.expand(call.g.constant(tensor([], [single], value.dtype)), shape)
  },
  Shape: ({ g, x, attrs }) => {
    const rank = x.shape.length
    const place = (axis: number): number => Math.min(rank, Math.max(0, axis < 0 ? axis + rank : axis))
    const start = place(attrs.int('start', 0))
    const dims = x.shape.slice(start, place(attrs.int('end', rank)))
    return g.shapeConstant(tensor([dims.length], dims, 'int'))
  },
  Size: ({ g, x }) => g.shapeConstant(tensor([], [sizeOf(x.shape)], 'int')),
  Range: (call) => {
    const [start, limit, delta] = [0, 1, 2].map((i) => known(call, i).data[0])
    if (start === undefined || limit === undefined || delta === undefined || delta === 0)
      throw malformed('its start, limit and delta are not three numbers')
    if (start === 0 && limit === N && delta === 1) return call.g.sampleNumbers()
    if (isSymbolic(limit) || isSymbolic(start)) throw unsupported('it counts the batch, which is free here')
    const count = Math.max(0, Math.ceil((limit - start) / delta))
    if (!(count <= MAX_RANGE))
      throw unsupported(`it would count ${count} numbers; at most ${MAX_RANGE} are read`)
    const numbers = Float64Array.from({ length: count }, (_, i) => start + i * delta)
    return result(call, { shape: [count], dtype: known(call, 0).dtype, data: numbers })
  },
  ReduceProd: (call) => {
    const x = known(call, 0)
    const axes = sortedAxes(call.ints('axes', 1) ?? x.shape.map((_, i) => i), x.shape.length)
    if (axes.length !== x.shape.length) throw unsupported('it multiplies along some axes only')
    const shape = call.attrs.int('keepdims', 1) === 0 ? [] : x.shape.map(() => 1)
    return result(call, tensor(shape, [sizeOf([...x.data])], x.dtype))
  },
  Floor: elementwise(Math.floor),
  Ceil: elementwise(Math.ceil),
  Round: elementwise((v) => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v))),
  Not: elementwise((v) => (v === 0 ? 1 : 0), 'bool'),
  And: pairwise((a, b) => a !== 0 && b !== 0),
  Or: pairwise((a, b) => a !== 0 || b !== 0),
  Less: pairwise((a, b) => a < b),
  LessOrEqual: pairwise((a, b) => a <= b),
  Greater: pairwise((a, b) => a > b),
  GreaterOrEqual: pairwise((a, b) => a >= b),
}

function known(call: Call, index: number): Tensor {
  const data = call.constant(index)
  if (!data) throw malformed(`it lacks its input ${index + 1}`)
  return data
}

/** A constant that stems from a shape when one of the inputs does. */
const result = ({ g, inputs }: Call, data: Tensor): Value =>
  inputs.some((v) => v && g.isFromShape(v)) ? g.shapeConstant(data) : g.constant(data)

function elementwise(f: (v: number) => number, dtype?: DType): Translator {
  return (call) => {
    const x = known(call, 0)
    return result(call, { ...x, dtype: dtype ?? x.dtype, data: Float64Array.from(x.data, f) })
  }
}

function pairwise(f: (a: number, b: number) => boolean): Translator {
  return (call) => {
    const [a, b] = [known(call, 0), known(call, 1)]
    const shape = broadcastShapes(a.shape, b.shape)
    const right = broadcast(b, shape)
    const data = broadcast(a, shape).map((v, i) => (f(v, right[i] ?? 0) ? 1 : 0))
    return result(call, { shape, dtype: 'bool', data })
  }
}
