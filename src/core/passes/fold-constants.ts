import type { GraphBuilder } from '../ir/builder.ts'
import type { AnyNode, Graph, InputsOf, Node, OpName, Value } from '../ir/graph.ts'
import { isSymbolic } from '../ir/shape.ts'
import { keepsDoubles, type Tensor } from '../ir/tensor.ts'
import { evaluateNode } from '../ops/index.ts'
import { deadCode } from './dead-code.ts'
import { rewrite } from './rewrite.ts'

/**
 * Computes in float64 what depends on constants alone, where the batch is not part of it. Results are kept as f32 or
 * f64 as `keepsDoubles` says. A broadcast is left as it is: it would only take room.
 */
export function foldConstants(graph: Graph): Graph {
  return deadCode(
    rewrite(graph, (g, node) => {
      if (node.op === 'expand' || node.output.shape.some(isSymbolic) || node.inputs.length === 0)
        return undefined
      const inputs = node.inputs.map((v: Value | undefined) => v && g.constantOf(v))
      if (node.inputs.some((v, i) => v && !inputs[i])) return undefined
      return folded(g, node, inputs)
    }),
  )
}

function folded<K extends OpName>(
  g: GraphBuilder,
  node: Node<K> & AnyNode,
  inputs: readonly (Tensor | undefined)[],
): Value {
  // One tensor per input that is there, in the places of the node's own tuple.
  const result = evaluateNode<K>(node, inputs as unknown as InputsOf<K, Tensor>)
  const isDouble = result.dtype !== 'float' || keepsDoubles(inputs.filter((t) => t !== undefined))
  const data = isDouble ? result.data : Float32Array.from(result.data)
  return g.constant({ ...result, data }, node.output.name)
}
