import type { GraphBuilder } from '../ir/builder.ts'
import type { AnyNode, Graph, Value } from '../ir/graph.ts'
import { rewrite } from './rewrite.ts'

/**
 * One form for every way of writing the same thing, so that rules and epilogues need to know one: a ReLU is `relu`, a
 * bounded one a single `clip`, the mean over a picture `globalAveragePool`.
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

interface Bounds {
  readonly min: number
  readonly max: number
}

/** The range that a ReLU or clip, however it was written, keeps its input in. */
function boundsOf(node: AnyNode): (Bounds & { readonly of: Value }) | undefined {
  if (node.op === 'clip') return { ...node.attrs, of: node.inputs[0] }
  if (node.op === 'relu' || (node.op === 'leakyRelu' && node.attrs.alpha === 0))
    return { min: 0, max: Number.POSITIVE_INFINITY, of: node.inputs[0] }
  return undefined
}

const isRelu = ({ min, max }: Bounds): boolean => min === 0 && max === Number.POSITIVE_INFINITY

const bounded = (g: GraphBuilder, x: Value, { min, max }: Bounds): Value =>
  isRelu({ min, max }) ? g.emit('relu', [x], {}) : g.emit('clip', [x], { min, max })

const forms: readonly ((g: GraphBuilder, node: AnyNode) => Value | undefined)[] = [
  /** A bound on what is bounded already is one bound: min(max(x, 0), 6) = clip(x, 0, 6), relu(relu(x)) = relu(x). */
  (g, node) => {
    const outer = boundsOf(node)
    const producer = node.inputs[0] && g.producerOf(node.inputs[0])
    const inner = producer && boundsOf(producer)
    if (!outer || !inner) return undefined
    const clamp = (end: number): number => Math.min(Math.max(end, outer.min), outer.max)
    const bounds = { min: clamp(inner.min), max: clamp(inner.max) }
    if (bounds.min === inner.min && bounds.max === inner.max) return outer.of
    return bounded(g, inner.of, bounds)
  },
  /** clip(x, 0, ∞) = leakyRelu(x, 0) = relu(x) */
  (g, node) => {
    const bounds = node.op === 'relu' ? undefined : boundsOf(node)
    return bounds && isRelu(bounds) ? bounded(g, bounds.of, bounds) : undefined
  },
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
