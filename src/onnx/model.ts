/** An ONNX file as typed data: what `read.ts` makes of the bytes and the importer walks. Names as in onnx.proto. */
export interface OnnxModel {
  /** operator set version by domain; the default domain is '' */
  readonly opsets: ReadonlyMap<string, number>
  readonly graph: OnnxGraph
  readonly functions: readonly OnnxFunction[]
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

export interface OnnxNode {
  readonly op: string
  readonly domain: string
  readonly overload: string
  readonly name: string
  /** '' marks an optional one that is left out */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly OnnxAttribute[]
}

/** A reference stands for an attribute of the call of the function that the node is in. */
export type OnnxAttributeValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: OnnxTensor }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'reference'; readonly value: string }
  | { readonly type: 'other'; readonly value: string }
export type OnnxAttribute = { readonly name: string } & OnnxAttributeValue

/** The numbers lie in `raw` or in one of the typed lists; nothing is decoded or checked yet. */
export interface OnnxTensor {
  readonly name: string
  readonly dims: readonly number[]
  /** a number of TensorProto.DataType */
  readonly dataType: number
  /** the file keeps the numbers in another file */
  readonly external: boolean
  /** a view of the file's bytes, little-endian */
  readonly raw: Uint8Array | undefined
  readonly floats: readonly number[]
  readonly doubles: readonly number[]
  readonly int32s: readonly number[]
  readonly int64s: readonly number[]
}

export interface OnnxValueInfo {
  readonly name: string
  /** a number of TensorProto.DataType, 0 when it is not a tensor */
  readonly dataType: number
  /** a number, a symbol, or undefined where the file says nothing; undefined as a whole when it has no shape */
  readonly dims: readonly (number | string | undefined)[] | undefined
}

export interface OnnxFunction {
  readonly domain: string
  readonly name: string
  readonly overload: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: readonly OnnxNode[]
  readonly opsets: ReadonlyMap<string, number>
  /** attributes that a call may leave out */
  readonly defaults: readonly OnnxAttribute[]
}
