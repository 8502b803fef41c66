import type { Graph, Value } from '../ir/graph.ts'

/**
 * What the places of maxima hinge on: pictures that are compared for equality or whose first maxima get a gradient, and all that these are
 * made of. Where a picture is even, many numbers are the largest, and all of them count or the first: rounding that differs from place to
 * place would choose others.
 */
export function comparedValues({ nodes }: Graph): ReadonlySet<Value> {
  const compared = new Set<Value>()
  for (const node of nodes.toReversed()) {
    if (node.op === 'maxPoolGrad') compared.add(node.inputs[1])
    if (node.op === 'equal') for (const input of node.inputs) if (isPicture(input)) compared.add(input)
    if (!compared.has(node.output)) continue
    for (const input of node.inputs) if (input) compared.add(input)
  }
  return compared
}

/** Numbers for places: not the logits, of which the largest is looked for too. */
const isPicture = ({ shape }: Value): boolean => shape.length >= 3
