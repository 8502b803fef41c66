import { type AnyNode, type Graph, soleReaders, type Value } from '../ir/graph.ts'
import { sameShape } from '../ir/shape.ts'
import { isPlainGemm } from '../ops/matmul-steps.ts'

/** What a dense kernel does to its tile before the store: (+ addend), clamp, (× gate), in this order. */
export interface Epilogue {
  readonly addend: Value | undefined
  readonly clamp: { readonly min: number; readonly max: number }
  readonly gate: { readonly y: Value; readonly lo: number; readonly hi: number } | undefined
}
/** A dense node with the elementwise nodes that its epilogue absorbs. */
export interface Fusion {
  readonly root: AnyNode
  readonly epilogue: Epilogue
  /** what the last absorbed node computes */
  readonly output: Value
}

/** Nodes whose lowering ends in a call of a kernel with an epilogue. */
const isDense = (node: AnyNode): boolean =>
  node.op === 'conv' || node.op === 'convTranspose' || (node.op === 'gemm' && isPlainGemm(node))
/** Nodes whose kernel clamps, and no more. */
const isClamping = (node: AnyNode): boolean => node.op === 'interpolate'
const isClamp = (node: AnyNode): boolean => node.op === 'relu' || node.op === 'clip'
const NO_CLAMP = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }

/**
 * Groups of nodes that run as one kernel call, by the last node of each. A link is absorbed when nothing else reads the
 * value before it; the group then runs in the last node's place, where all operands are ready.
 */
export function fuseEpilogues(graph: Graph): { fusions: Map<AnyNode, Fusion>; absorbed: Set<AnyNode> } {
  const readerOf = soleReaders(graph)
  const fusions = new Map<AnyNode, Fusion>()
  const absorbed = new Set<AnyNode>()

  for (const root of graph.nodes.toReversed()) {
    if (!isDense(root) && !isClamping(root)) continue
    let last = root
    let epilogue: Epilogue = { addend: undefined, clamp: NO_CLAMP, gate: undefined }
    for (;;) {
      const next = readerOf(last.output)
      if (!next || absorbed.has(next) || fusions.has(next)) break
      if (isClamping(root) && !isClamp(next)) break
      const extended = extend(epilogue, next, last.output)
      if (!extended) break
      absorbed.add(last)
      last = next
      epilogue = extended
    }
    absorbed.delete(last)
    if (last !== root) fusions.set(last, { root, epilogue, output: last.output })
  }
  return { fusions, absorbed }
}

/** The epilogue with `next` in it, or `undefined` when the order addend → clamp → gate does not allow it. */
function extend(epilogue: Epilogue, next: AnyNode, current: Value): Epilogue | undefined {
  switch (next.op) {
    case 'add': {
      const [a, b] = next.inputs
      const addend = a === current ? b : a
      const fits = sameShape(addend.shape, current.shape) && addend !== current
      return fits && !epilogue.addend && epilogue.clamp === NO_CLAMP && !epilogue.gate
        ? { ...epilogue, addend }
        : undefined
    }
    // max(·, 0) commutes with a gate, which only keeps or drops: it may come after one.
    case 'relu':
      return { ...epilogue, clamp: clampTo(epilogue.clamp, 0, Number.POSITIVE_INFINITY) }
    case 'clip':
      return epilogue.gate
        ? undefined
        : { ...epilogue, clamp: clampTo(epilogue.clamp, next.attrs.min, next.attrs.max) }
    case 'gate': {
      const [ct, y] = next.inputs
      const fits = sameShape(y.shape, current.shape) && ct === current && y !== current
      return fits && !epilogue.gate
        ? { ...epilogue, gate: { y, lo: next.attrs.lo, hi: next.attrs.hi } }
        : undefined
    }
    default:
      return undefined
  }
}

/** clamp to [min,max] after `inner`. The result is exact when the intervals overlap, as those of activations do. */
const clampTo = (inner: Epilogue['clamp'], min: number, max: number): Epilogue['clamp'] => ({
  min: Math.min(Math.max(inner.min, min), max),
  max: Math.max(Math.min(inner.max, max), min),
})
