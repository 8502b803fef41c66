import type { AnyNode, Graph, Value } from './graph.ts'
import { bindShape, isSymbolic, type Shape } from './shape.ts'

/** The graph for one batch size: every multiple of `N` in shapes and attributes becomes a number. Constants stay the same objects. */
export function bindBatch(graph: Graph, batch: number): Graph {
  const bound = new Map<Value, Value>()
  const bind = (value: Value): Value => {
    const known = bound.get(value)
    if (known) return known
    const result = value.shape.some(isSymbolic) ? { ...value, shape: bindShape(value.shape, batch) } : value
    bound.set(value, result)
    return result
  }
  // The cast: the same node with other shapes; TypeScript does not follow its tuple through `map`.
  const nodes = graph.nodes.map(
    (node) =>
      ({
        ...node,
        inputs: node.inputs.map((v: Value | undefined) => v && bind(v)),
        attrs: bindAttrs(node.attrs, batch),
        output: bind(node.output),
      }) as AnyNode,
  )
  return {
    inputs: graph.inputs.map(bind),
    constants: graph.constants,
    nodes,
    outputs: graph.outputs.map(bind),
  }
}

/** Shapes in attributes (reshape, expand, slice lengths) may hold multiples of `N`; no other attribute can look like one. */
const bindAttrs = (attrs: object, batch: number): object =>
  Object.fromEntries(
    Object.entries(attrs).map(([name, value]) => [
      name,
      Array.isArray(value) ? bindShape(value as Shape, batch) : value,
    ]),
  )
