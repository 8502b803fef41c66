import type { GraphBuilder } from '../ir/builder.ts'
import type { AnyNode, Graph, Value } from '../ir/graph.ts'
import { rewrite } from './rewrite.ts'

/**
 * One form for every way of writing the same thing, so that rules and epilogues need to know one: a ReLU is `relu`, a
 * bounded one `clip`, the mean over a picture `globalAveragePool`.
 */
export function canonicalize(graph: Graph): Graph {
  return rewrite(graph, (g, node) => {
    for (const form of forms) {
      const replacement = form(g, node)
      if (replacement) return replacement
    }
    return undefined
  })
}

const forms: readonly ((g: GraphBuilder, node: AnyNode) => Value | undefined)[] = [
  /** clip(x, 0, ∞) = leakyRelu(x, 0) = relu(x) */
  (g, node) => {
    const isRelu =
      (node.op === 'clip' && node.attrs.min === 0 && node.attrs.max === Number.POSITIVE_INFINITY) ||
      (node.op === 'leakyRelu' && node.attrs.alpha === 0)
    return isRelu ? g.emit('relu', [node.inputs[0]], {}) : undefined
  },
  /** relu(relu(x)) = relu(x) */
  (g, node) =>
    node.op === 'relu' && g.producerOf(node.inputs[0])?.op === 'relu' ? node.inputs[0] : undefined,
  /** A clip without bounds does nothing. */
  (_, node) =>
    node.op === 'clip' &&
    node.attrs.min === Number.NEGATIVE_INFINITY &&
    node.attrs.max === Number.POSITIVE_INFINITY
      ? node.inputs[0]
      : undefined,
  /** The mean over height and width, kept: globalAveragePool. */
  (g, node) => {
    const [x] = node.inputs
    const overPicture =
      node.op === 'reduceMean' &&
      node.attrs.keepDims &&
      x?.shape.length === 4 &&
      `${node.attrs.axes}` === '2,3'
    return overPicture ? g.emit('globalAveragePool', [x], {}) : undefined
  },
]
