import type { Graph, Value } from '../ir/graph.ts'

/**
 * What the places of maxima hinge on: the inputs of max pools that have a gradient, and all that these are made of. Where a picture is
 * even, the numbers of a window are equal and the first one counts: rounding that differs from place to place would choose another.
 */
export function comparedValues({ nodes }: Graph): ReadonlySet<Value> {
  const compared = new Set<Value>()
  for (const node of nodes.toReversed()) {
    if (node.op === 'maxPoolGrad') compared.add(node.inputs[1])
    if (!compared.has(node.output)) continue
    for (const input of node.inputs) if (input) compared.add(input)
  }
  return compared
}
