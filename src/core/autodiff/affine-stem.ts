import { type AnyNode, type Graph, presentInputs, soleReaders, type Value } from '../ir/graph.ts'
import type { Rule } from './differentiate.ts'

/**
 * How far the graph is an affine function of `input`: the last picture of the line of nodes, each the only reader of the one
 * before, that begins with it; `input` itself where the first node bends it, or a rule has another vjp for it. Up to there the
 * gradient is one linear map for all inputs, so a sum of gradients goes through it once.
 */
export function affineStem(graph: Graph, input: Value, rules: readonly Rule[]): Value {
  const readerOf = soleReaders(graph)
  const count = graph.nodes.length
  const isRuled = (node: AnyNode) =>
    rules.some((rule) => rule.match(node, { index: graph.nodes.indexOf(node), count }))
  let stem = input
  for (;;) {
    const next = readerOf(stem)
    if (!next || isRuled(next) || !isAffine(next, stem, graph) || !isSampled(next.output, input)) return stem
    stem = next.output
  }
}

/** Whether the node reads `x` once, constants besides, and is an affine function of it, whose vjp therefore does not read x. */
function isAffine(node: AnyNode, x: Value, { constants }: Graph): boolean {
  const operands = presentInputs(node)
  const others = operands.filter((value) => value !== x)
  if (others.length !== operands.length - 1 || !others.every((value) => constants.has(value))) return false
  switch (node.op) {
    case 'add':
    case 'sub':
    case 'mul':
      return true
    case 'div':
    case 'conv':
    case 'pad':
    case 'batchNorm':
      return node.inputs[0] === x
    default:
      return false
  }
}

/** Whether it is a picture for each sample. */
const isSampled = ({ shape }: Value, input: Value): boolean =>
  shape.length === 4 && shape[0] === input.shape[0]
