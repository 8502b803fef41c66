import { GraphBuilder } from '../ir/builder.ts'
import type { AnyNode, Graph, Value } from '../ir/graph.ts'

/**
 * What becomes of one node, its inputs already replaced: another value of the new graph, or `undefined` to keep the node.
 */
export type Rewriter = (g: GraphBuilder, node: AnyNode) => Value | undefined

/**
 * Walks a graph once in order and builds the rewritten one. Inputs, constants and kept nodes stay the same objects where
 * nothing below them changed, so that what is cached by them (packed weights) stays valid. A replacement takes over the
 * name of what it replaces, unless it is named already.
 */
export function rewrite(graph: Graph, rewriter: Rewriter): Graph {
  const g = new GraphBuilder()
  const replaced = new Map<Value, Value>()
  const current = (value: Value): Value => replaced.get(value) ?? value
  for (const value of graph.inputs) g.addInput(value)
  for (const [value, data] of graph.constants) g.addConstant(value, data)
  for (const original of graph.nodes) {
    const node = withInputs(original, current)
    const before = g.size
    const replacement = rewriter(g, node)
    if (!replacement) g.append(node)
    else
      replaced.set(
        original.output,
        g.size > before ? named(g, replacement, original.output.name) : replacement,
      )
  }
  return g.build(graph.outputs.map(current))
}

/** The node reading what its inputs have become; itself when nothing changed. */
function withInputs(node: AnyNode, current: (value: Value) => Value): AnyNode {
  const inputs = node.inputs.map((v: Value | undefined) => v && current(v))
  if (inputs.every((v, i) => v === node.inputs[i])) return node
  // Mapping a tuple keeps its length and optional places, which TypeScript does not follow.
  return { ...node, inputs } as unknown as AnyNode
}

/** The last node that a rewriter emitted gets the replaced value's name; a value that has a name keeps it. */
function named(g: GraphBuilder, value: Value, name: string): Value {
  return name === '' || value.name !== '' ? value : g.rename(value, name)
}
