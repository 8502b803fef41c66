import type { GraphBuilder } from '../ir/builder.ts'
import type { AttrsOf, InputsOf, Node, OpName, Value, ValueType } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import { accumulate } from './accumulate.ts'
import { activation } from './activation.ts'
import { arithmetic } from './arithmetic.ts'
import { conv } from './conv.ts'
import { indexing } from './indexing.ts'
import { interpolate } from './interpolate.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import type { OpTable } from './op.ts'
import { pool } from './pool.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import { rotation } from './rotation.ts'
import { shaping } from './shaping.ts'
import { softmax } from './softmax.ts'
import { unary } from './unary.ts'

/** Every op of the IR, family by family. */
export const ops: OpTable = {
  ...unary,
  ...activation,
  ...arithmetic,
  ...conv,
  ...matmul,
  ...pool,
  ...reduce,
  ...accumulate,
  ...interpolate,
  ...normalization,
  ...softmax,
  ...shaping,
  ...indexing,
  ...rotation,
  ...random,
}

/** The output's shape and dtype. Throws `shape` when inputs or attributes do not fit. */
export const inferOutput = <K extends OpName>(
  op: K,
  inputs: InputsOf<K, ValueType>,
  attrs: AttrsOf<K>,
): ValueType => ops[op].infer(inputs, attrs)

/** The node's output in float64, from the op's definition; no dimension may be symbolic. */
export const evaluateNode = <K extends OpName>(node: Node<K>, inputs: InputsOf<K, Tensor>): Tensor => ({
  ...pick(node.output),
  data: ops[node.op].evaluate(inputs, node.attrs, node.output),
})

/** The thunks of the reverse rule, or `undefined` when the op has none. */
export const vjpOf = <K extends OpName>(g: GraphBuilder, node: Node<K>, ct: Value) => {
  const { vjp } = ops[node.op]
  return vjp === 'nonDifferentiable' ? undefined : vjp(g, node, ct)
}

const pick = ({ shape, dtype }: ValueType): ValueType => ({ shape, dtype })
