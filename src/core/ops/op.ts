import type { GraphBuilder } from '../ir/builder.ts'
import type { AttrsOf, InputsOf, Node, OpName, Value, ValueType } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { Lowering } from '../plan/lowering.ts'

/**
 * A reverse rule: the cotangent of the output ↦ one thunk per input, called only for inputs on the path to `wrt`;
 * `undefined` where no gradient exists (indices, conditions). A thunk may answer in the broadcast shape:
 * `differentiate` sums it back to the input's. The cotangent has the output's shape.
 */
export type Vjp<K extends OpName> = (
  g: GraphBuilder,
  node: Node<K>,
  ct: Value,
) => readonly ((() => Value) | undefined)[]

/** One entry of the op table: all that the core knows of an op. */
export interface Op<K extends OpName> {
  /** Shape and dtype of the output. Throws `shape` when the inputs do not fit. Dimensions may be multiples of `N`. */
  readonly infer: (inputs: InputsOf<K, ValueType>, attrs: AttrsOf<K>) => ValueType
  readonly vjp: Vjp<K> | 'nonDifferentiable'
  readonly lower: Lowering<K>
  /** The op in float64, straight from its definition: the oracle that the kernels are compared with. */
  readonly evaluate: (inputs: InputsOf<K, Tensor>, attrs: AttrsOf<K>, output: ValueType) => Float64Array
}

/** The table's type: an op declared in `OpSignatures` without an entry is a compile error. */
export type OpTable = { readonly [K in OpName]: Op<K> }
