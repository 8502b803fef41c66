import { type Shape, sizeOf } from './shape.ts'
import type { DType, Tensor } from './tensor.ts'

/**
 * The closed set of ops. Each family in `ops/` adds its own by declaration merging: an entry is
 * `name: Signature<[input: V, …], Attributes>`, and the op table must then hold an entry of that type.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the op families through declaration merging
export interface OpSignatures {}

/** Placeholder for one input in a signature's tuple. */
export type V = 'value'
/** What an op takes: a `V` for each input (optional ones as `V | undefined`), and its attributes. */
export interface Signature<Inputs extends readonly (V | undefined)[], Attrs = NoAttrs> {
  inputs: Inputs
  attrs: Attrs
}
export type NoAttrs = Readonly<Record<never, never>>

export type OpName = keyof OpSignatures
export type AttrsOf<K extends OpName> = OpSignatures[K]['attrs']
type MapTuple<Tuple extends readonly unknown[], T> = { readonly [I in keyof Tuple]: T }
/** The inputs of op `K`, each as a `T`: a tuple with the signature's labels and optional places. */
export type InputsOf<K extends OpName, T> = MapTuple<OpSignatures[K]['inputs'], T>

/** What is known of a value before it is computed. */
export interface ValueType {
  readonly shape: Shape
  readonly dtype: DType
}

/** One SSA value. Identity is the object; `name` is for people (ONNX names survive the passes). */
export interface Value extends ValueType {
  readonly name: string
  /** of an input: runs leave it in its place, so that the next one need not be given it again */
  readonly isHeld?: true
}

/** One application of an op. Every op has one output; what ONNX writes with several becomes several nodes. */
export interface Node<K extends OpName = OpName> {
  readonly op: K
  readonly inputs: InputsOf<K, Value>
  readonly attrs: AttrsOf<K>
  readonly output: Value
}

/** A node of some op: `node.op` tells which. */
export type AnyNode = { [K in OpName]: Node<K> }[OpName]

/** An SSA program: `nodes` in an order in which every input is defined before its use. */
export interface Graph {
  readonly inputs: readonly Value[]
  readonly constants: ReadonlyMap<Value, Tensor>
  readonly nodes: readonly AnyNode[]
  readonly outputs: readonly Value[]
}

/** The inputs that are there: optional ones that a node leaves out are dropped. */
export const presentInputs = (node: { inputs: readonly (Value | undefined)[] }): readonly Value[] =>
  node.inputs.filter((v) => v !== undefined)

/** Finds the node that alone reads a value, where the graph does not answer it besides. */
export function soleReaders({ nodes, outputs }: Graph): (value: Value) => AnyNode | undefined {
  const readers = new Map<Value, AnyNode[]>()
  for (const node of nodes)
    for (const input of new Set(presentInputs(node)))
      readers.set(input, [...(readers.get(input) ?? []), node])
  const kept = new Set(outputs)
  return (value) => {
    const [reader, ...others] = kept.has(value) ? [] : (readers.get(value) ?? [])
    return others.length === 0 ? reader : undefined
  }
}

/** Numbers of all the graph's constants: of a model its weights. */
export const constantCount = ({ constants }: Graph): number =>
  [...constants.keys()].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
