import { isSymbolic, type Shape } from '../core/ir/shape.ts'

/** Fields of protobuf messages as protobufjs takes them; names as in onnx.proto. */

/** TensorProto.DataType */
const FLOAT = 1
const INT64 = 7

export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
export type AttributeValues = Readonly<Record<string, AttributeValue>>

export const int = (int: number): AttributeValue => ({ int })
export const float = (float: number): AttributeValue => ({ float })
export const ints = (ints: readonly number[]): AttributeValue => ({ ints })

/** AttributeProto */
export function attributeMessage(name: string, value: AttributeValue): object {
  if ('int' in value) return { name, type: 'INT', i: value.int }
  if ('float' in value) return { name, type: 'FLOAT', f: value.float }
  return { name, type: 'INTS', ints: value.ints }
}

/** TensorProto of float32, little-endian; doubles are rounded. */
export function floatTensor(name: string, shape: Shape, data: Float32Array | Float64Array): object {
  const bytes = new DataView(new ArrayBuffer(data.length * 4))
  for (let i = 0; i < data.length; i++) bytes.setFloat32(i * 4, data[i] ?? 0, true)
  return { name, dims: shape, dataType: FLOAT, rawData: new Uint8Array(bytes.buffer) }
}

/** TensorProto of int64, one axis. */
export const longTensor = (name: string, numbers: readonly number[]): object => ({
  name,
  dims: [numbers.length],
  dataType: INT64,
  int64Data: numbers,
})

/** ValueInfoProto of floats; the free batch is the open dimension `N`. */
export const valueInfo = (name: string, shape: Shape): object => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: { dim: shape.map((dim) => (isSymbolic(dim) ? { dimParam: 'N' } : { dimValue: dim })) },
    },
  },
})
