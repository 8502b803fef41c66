import { type Graph, presentInputs, type Value } from '../ir/graph.ts'

/** Drops nodes and constants that no output needs. Inputs stay: they are the graph's signature. */
export function deadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs)
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!needed.has(node.output)) return false
    for (const input of presentInputs(node)) needed.add(input)
    return true
  })
  const constants = new Map([...graph.constants].filter(([value]) => needed.has(value)))
  return { ...graph, constants, nodes: nodes.reverse() }
}
