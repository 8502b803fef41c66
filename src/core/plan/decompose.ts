import { GraphBuilder } from '../ir/builder.ts'
import type { Graph, InputsOf, Node, OpName, Value } from '../ir/graph.ts'
import { ops } from '../ops/index.ts'

/** Replaces every composite op by the ops it lowers to, until only ops with kernels are left. */
export function decompose(graph: Graph): Graph {
  const g = new GraphBuilder()
  const replaced = new Map<Value, Value>()
  for (const value of graph.inputs) g.addInput(value)
  for (const [value, data] of graph.constants) g.addConstant(value, data)
  for (const node of graph.nodes) expandInto(g, node, replaced)
  const result = g.build(graph.outputs.map((v) => replaced.get(v) ?? v))
  return result.nodes.some(isComposite) ? decompose(result) : result
}

const isComposite = <K extends OpName>(node: Node<K>): boolean => ops[node.op].lower.kind === 'decompose'

function expandInto<K extends OpName>(g: GraphBuilder, node: Node<K>, replaced: Map<Value, Value>): void {
  // Mapping a tuple keeps its length and optional places, which TypeScript does not follow.
  const inputs = node.inputs.map(
    (v: Value | undefined) => v && (replaced.get(v) ?? v),
  ) as unknown as InputsOf<K, Value>
  const { lower } = ops[node.op]
  if (lower.kind === 'decompose') replaced.set(node.output, lower.expand(g, { ...node, inputs }))
  else g.append({ ...node, inputs })
}
