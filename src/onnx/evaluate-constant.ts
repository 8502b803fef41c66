import { type InputsOf, type Node, type OpName, presentInputs, type Value } from '../core/ir/graph.ts'
import { isSymbolic } from '../core/ir/shape.ts'
import { keepsDoubles, type Tensor } from '../core/ir/tensor.ts'
import { evaluateNode } from '../core/ops/index.ts'

/** The inputs of a node, each present one mapped. */
const mapInputs = <K extends OpName, T>(
  inputs: InputsOf<K, Value>,
  map: (value: Value) => T,
): InputsOf<K, T> =>
  // The cast: TypeScript cannot follow a tuple of an op that it does not know through `map`.
  inputs.map((value: Value | undefined) => value && map(value)) as unknown as InputsOf<K, T>

/**
 * The node's output when all its inputs are constants and no shape holds an `N`, else undefined. Ints and bools come as
 * doubles, floats as `keepsDoubles` says.
 */
export function evaluateConstant<K extends OpName>(
  node: Node<K>,
  constantOf: (value: Value) => Tensor | undefined,
): Tensor | undefined {
  const known = new Map<Value, Tensor>()
  for (const value of presentInputs(node)) {
    const data = constantOf(value)
    if (!data || value.shape.some(isSymbolic)) return undefined
    known.set(value, data)
  }
  if (node.output.shape.some(isSymbolic)) return undefined
  const result = evaluateNode(
    node,
    mapInputs<K, Tensor>(node.inputs, (value) => known.get(value) ?? { ...value, data: new Float64Array() }),
  )
  const data =
    result.dtype !== 'float' || keepsDoubles([...known.values()])
      ? Float64Array.from(result.data)
      : Float32Array.from(result.data)
  return { shape: result.shape, dtype: result.dtype, data }
}
