import { CoreError } from '../errors.ts'
import { GraphBuilder } from '../ir/builder.ts'
import { type AnyNode, type Graph, presentInputs, type Value } from '../ir/graph.ts'
import { sameShape } from '../ir/shape.ts'
import { vjpOf } from '../ops/index.ts'

/** Another vjp for the nodes it matches; the first matching rule of a list wins. */
export interface Rule {
  readonly name: string
  readonly match: (node: AnyNode, position: Position) => boolean
  readonly vjp: (g: GraphBuilder, node: AnyNode, ct: Value) => readonly ((() => Value) | undefined)[]
}
/** Where a node stands among those on the path from `wrt` to the output. */
export interface Position {
  readonly index: number
  readonly count: number
}

export interface DifferentiateOptions {
  readonly output: Value
  /** inputs, constants or intermediate values of the graph */
  readonly wrt: readonly Value[]
  readonly rules?: readonly Rule[]
  /** further values of the graph to answer before the gradients */
  readonly keep?: readonly Value[]
}

/**
 * Reverse mode in the same IR: the forward nodes, then the gradient of ⟨ct, output⟩ with respect to each `wrt`. The
 * cotangent is the last input, shaped like `output`; the outputs are `keep`, then one gradient per `wrt`, shaped like it.
 * What no `wrt` needs is never built. Throws `not-differentiable` when the path crosses an op without a gradient.
 */
export function differentiate(
  graph: Graph,
  { output, wrt, rules = [], keep = [] }: DifferentiateOptions,
): Graph {
  const g = new GraphBuilder()
  g.include(graph)
  const ct = g.input('cotangent', output.shape)

  const path = nodesOnPath(graph, wrt, output)
  const cotangents = new Map<Value, Value>([[output, ct]])
  const needed = new Set<Value>([...wrt, ...path.map((node) => node.output)])
  const accumulate = (value: Value, gradient: Value) => {
    const sofar = cotangents.get(value)
    const fitted = unbroadcast(g, gradient, value)
    cotangents.set(value, sofar ? g.add(sofar, fitted) : fitted)
  }

  for (let index = path.length - 1; index >= 0; index--) {
    const node = path[index]
    const arriving = node && cotangents.get(node.output)
    if (!node || !arriving) continue
    const rule = rules.find((r) => r.match(node, { index, count: path.length }))
    const thunks = rule ? rule.vjp(g, node, arriving) : vjpOf(g, node, arriving)
    if (!thunks) throw new CoreError('not-differentiable', `${node.op} ${node.output.name} has no gradient`)
    node.inputs.forEach((input, i) => {
      const thunk = thunks[i]
      if (input && needed.has(input) && thunk) accumulate(input, thunk())
    })
  }
  const gradients = wrt.map((value) => cotangents.get(value) ?? zerosLike(g, value))
  return g.build([...keep, ...gradients])
}

/** Nodes that some `wrt` reaches and that reach the output, in graph order. */
function nodesOnPath(graph: Graph, wrt: readonly Value[], output: Value): AnyNode[] {
  const fromWrt = new Set<Value>(wrt)
  for (const node of graph.nodes)
    if (presentInputs(node).some((v) => fromWrt.has(v))) fromWrt.add(node.output)
  const toOutput = new Set<Value>([output])
  const path: AnyNode[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!toOutput.has(node.output)) continue
    for (const input of presentInputs(node)) toOutput.add(input)
    if (presentInputs(node).some((v) => fromWrt.has(v))) path.push(node)
  }
  return path.reverse()
}

/** Sums a gradient over the axes along which its value was broadcast. */
function unbroadcast(g: GraphBuilder, gradient: Value, value: Value): Value {
  if (sameShape(gradient.shape, value.shape)) return gradient
  const extra = gradient.shape.length - value.shape.length
  const axes = gradient.shape.flatMap((dim, i) =>
    i < extra || (value.shape[i - extra] === 1 && dim !== 1) ? [i] : [],
  )
  return g.reshape(g.reduceSum(gradient, axes, 'keep'), value.shape)
}

const zerosLike = (g: GraphBuilder, value: Value): Value => g.expand(g.scalar(0), value.shape)
