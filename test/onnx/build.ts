import { modelProto } from '../../src/onnx/schema.ts'

/** A NodeProto by its fields; attributes of ints, floats and texts by their JavaScript values. */
export interface NodeSpec {
  readonly op: string
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly name?: string
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>
}
export interface ModelSpec {
  readonly opset?: number
  readonly opsets?: readonly object[]
  /** by default x, float of [batch, 1, 4, 4] */
  readonly inputs?: readonly object[]
  readonly nodes?: readonly NodeSpec[]
  readonly initializers?: readonly object[]
  readonly outputs?: readonly string[]
  /** the outputs with their shapes */
  readonly outputInfo?: readonly object[]
  readonly functions?: readonly object[]
}

const FLOAT = 1

/** ValueInfoProto of floats; a text is an open dimension. */
export const input = (name: string, dims: readonly (number | string)[], elemType = FLOAT): object => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
})

/** TensorProto of float32, listed. */
export const floats = (name: string, dims: readonly number[], numbers: readonly number[]): object => ({
  name,
  dims,
  dataType: FLOAT,
  floatData: numbers,
})
/** TensorProto of int64, listed. */
export const longs = (name: string, numbers: readonly number[]): object => ({
  name,
  dims: [numbers.length],
  dataType: 7,
  int64Data: numbers,
})

const attribute = (name: string, value: number | string | readonly number[]): object => {
  if (typeof value === 'string') return { name, type: 'STRING', s: Buffer.from(value) }
  if (typeof value !== 'number') return { name, type: 'INTS', ints: value }
  return Number.isInteger(value) ? { name, type: 'INT', i: value } : { name, type: 'FLOAT', f: value }
}

export const node = ({
  op,
  inputs = ['x'],
  outputs = ['y'],
  name = '',
  domain = '',
  attributes = {},
}: NodeSpec) => ({
  opType: op,
  input: inputs,
  output: outputs,
  name,
  domain,
  attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
})

/** The bytes of an ONNX file. */
export function onnxFile({
  opset = 17,
  opsets = [{ domain: '', version: opset }],
  inputs = [input('x', ['batch', 1, 4, 4])],
  nodes = [],
  initializers = [],
  outputs = ['y'],
  outputInfo = outputs.map((name) => ({ name })),
  functions = [],
}: ModelSpec): Uint8Array {
  const graph = {
    node: nodes.map(node),
    initializer: initializers,
    input: inputs,
    output: outputInfo,
  }
  const message = modelProto().fromObject({ irVersion: 10, opsetImport: opsets, graph, functions })
  return modelProto().encode(message).finish()
}
