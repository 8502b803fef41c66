import { affineStem } from '../core/autodiff/affine-stem.ts'
import { differentiate, type Rule } from '../core/autodiff/differentiate.ts'
import { CoreError } from '../core/errors.ts'
import { GraphBuilder } from '../core/ir/builder.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { CHANNELS_FIRST, CHANNELS_LAST, totalShape } from '../core/ops/accumulate.ts'
import { deadCode } from '../core/passes/dead-code.ts'
import { simplify } from '../core/passes/index.ts'
import type { LoadedModel } from './loaded.ts'
import type { GradientAnswer, ScoreOf } from './method.ts'
import type { PointForm } from './points.ts'

/** What is differentiated, where, and what is made of it. */
export interface Derivative {
  readonly of: ScoreOf
  readonly rules: readonly Rule[]
  readonly points: PointForm
  readonly answer: GradientAnswer
}
/** What a gradient graph computes. */
export interface Variant extends Derivative {
  /** with respect to this value, which is answered too; or with respect to the input */
  readonly layer: Value | undefined
  /** `given`: the cotangent is the last input; `top`: the one-hot of the largest logit, found on the way */
  readonly cotangent: 'given' | 'top'
}

/** x ↦ logits */
export const forwardGraph = ({ graph, logits }: LoadedModel): Graph =>
  simplify({ ...graph, outputs: [logits] })

/** (what makes the points, cotangent (N,K)) ↦ logits, dF/dx at the points; or logits, A, dF/dA at a layer. */
export function gradientGraph(model: LoadedModel, variant: Variant): Graph {
  const { of, rules, layer, cotangent, points, answer } = variant
  const { input, logits } = model
  const scored = withPoints(withScore(model, of), input, points)
  const keep = layer ? [logits, layer] : [logits]
  const [output = logits] = scored.outputs
  const gradient = differentiate(scored, { output, wrt: [layer ?? input], rules, keep })
  const answered = answer === 'gradient' ? gradient : timesPoint(gradient, input)
  return simplify(cotangent === 'top' ? withTopCotangent(answered, logits) : answered)
}

/**
 * Where gradients are added up: at the end of the model's affine stem, so that the stem's own gradient, dear for a picture of
 * three channels, is computed once of the sum; at the input where each is multiplied by its point.
 */
export const summedAt = (
  { graph, input }: LoadedModel,
  { answer, rules }: Pick<Derivative, 'answer' | 'rules'>,
): Value => (answer === 'gradient' ? affineStem(graph, input, rules) : input)

/** Weights of a stem, for each number that it makes, from which on making the number of two others is cheaper. */
const DEAR_WINDOW = 64

/**
 * Where the points of a line are made: where gradients are added up, as the affine stem takes a line to a line and then computes two
 * points only; at the input where the stem is cheaper than that.
 */
export function lineMadeAt(model: LoadedModel, derivative: Pick<Derivative, 'answer' | 'rules'>): Value {
  const { graph, input } = model
  const at = summedAt(model, derivative)
  const stem = at === input ? [] : deadCode({ ...graph, outputs: [at] }).nodes
  const weights = stem.map((node) => (node.op === 'conv' ? sizeOf(node.inputs[1].shape.slice(1)) : 0))
  return weights.reduce((sum, count) => sum + count, 0) >= DEAR_WINDOW ? at : input
}

/** x ↦ a picture that the model makes of it, channels last: (N,H,W,C) */
export function imageGraph({ graph }: LoadedModel, picture: Value): Graph {
  const g = copyOf(graph)
  return simplify(g.build([g.transpose(picture, CHANNELS_LAST)]))
}

/**
 * (what makes the points, cotangent (N,K), total) ↦ total + what is answered of each point of the batch, where it is added up. The
 * points are values of `made`: the input, or where `lineMadeAt` says.
 */
export function gradientSumGraph(model: LoadedModel, derivative: Derivative, made = model.input): Graph {
  const { of, rules, points, answer } = derivative
  const { input, logits } = model
  const scored = withPoints(withScore(model, of), made, points)
  const [output = logits] = scored.outputs
  const at = summedAt(model, derivative)
  const gradient = differentiate(scored, { output, wrt: [at], rules })
  const answered = answer === 'gradient' ? gradient : timesPoint(gradient, input)
  const g = copyOf(answered)
  const total = g.input('total', totalShape(at.shape))
  return simplify(g.build(answered.outputs.map((x) => g.emit('accumulate', [total, x], {}))))
}

/** total ↦ what that sum is at the input, (1,C,H,W): the gradient of the stem alone, which asks for no point. */
export function sumAtInputGraph({ graph, input }: LoadedModel, at: Value): Graph {
  const gradient = differentiate({ ...graph, outputs: [at] }, { output: at, wrt: [input] })
  const cotangent = gradient.inputs.at(-1)
  if (!cotangent) throw new CoreError('graph', 'a gradient takes a cotangent')
  const g = new GraphBuilder()
  const total = g.input('total', totalShape(at.shape))
  g.append({ op: 'transpose', inputs: [total], attrs: { perm: CHANNELS_FIRST }, output: cotangent })
  // the stem's own nodes read an input that is not there: no vjp of theirs reads them, and they are dropped
  g.include({ ...gradient, inputs: [] })
  return simplify(g.build(gradient.outputs))
}

/**
 * The graph with its input, or a value on every way from there, made of others. What led to that reads an input that is not there, and
 * is dropped.
 */
function withPoints(graph: Graph, point: Value, { make }: PointForm): Graph {
  const g = new GraphBuilder()
  make(g, point)
  g.include({ ...graph, inputs: [], nodes: graph.nodes.filter(({ output }) => output !== point) })
  return g.build(graph.outputs)
}

/** The graph with its last output, the gradient, times the points. */
function timesPoint(graph: Graph, point: Value): Graph {
  const g = copyOf(graph)
  const kept = graph.outputs.slice(0, -1)
  return g.build([...kept, ...graph.outputs.slice(-1).map((gradient) => g.mul(gradient, point))])
}

/** The graph with the scalars explained, (N,K), as its output. */
function withScore({ graph, logits }: LoadedModel, of: ScoreOf): Graph {
  if (of === 'logit') return { ...graph, outputs: [logits] }
  const g = copyOf(graph)
  return g.build([g.emit(of === 'probability' ? 'softmax' : 'logSoftmax', [logits], { axis: 1 })])
}

/**
 * The cotangent computed instead of given: 1 at the largest logit of each sample, else 0, so that finding the predicted
 * class costs no run of its own. Equal largest logits all get a 1: the caller sees them in the logits and asks again.
 */
function withTopCotangent(graph: Graph, logits: Value): Graph {
  const cotangent = graph.inputs.at(-1)
  const g = new GraphBuilder()
  for (const value of graph.inputs) if (value !== cotangent) g.addInput(value)
  for (const [value, data] of graph.constants) g.addConstant(value, data)
  for (const node of graph.nodes) {
    g.append(node)
    if (node.output !== logits || !cotangent) continue
    const largest = g.emit('reduceMax', [logits], {
      axes: logits.shape.slice(1).map((_, i) => i + 1),
      keepDims: true,
    })
    const isLargest = g.emit('equal', [logits, largest], {})
    g.append({ op: 'cast', inputs: [isLargest], attrs: { to: 'float' }, output: cotangent })
  }
  return g.build(graph.outputs)
}

function copyOf(graph: Graph): GraphBuilder {
  const g = new GraphBuilder()
  g.include(graph)
  return g
}

/** Graphs kept per model. A graph is what backends cache programs under, so the least recently used is let go. */
const GRAPHS_KEPT = 16
const caches = new WeakMap<LoadedModel, Map<string, Graph>>()

/** The graph made by `make`, or the one made before under the same key. */
export function cachedGraph(model: LoadedModel, key: string, make: () => Graph): Graph {
  const cache = caches.get(model) ?? new Map<string, Graph>()
  caches.set(model, cache)
  const graph = cache.get(key) ?? make()
  cache.delete(key)
  cache.set(key, graph)
  const [oldest] = cache.keys()
  if (cache.size > GRAPHS_KEPT && oldest !== undefined) cache.delete(oldest)
  return graph
}

export const derivativeKey = ({ of, rules, points, answer }: Derivative): string =>
  JSON.stringify([of, rules.map((rule) => rule.name), points.name, answer])

export const variantKey = ({ layer, cotangent, ...derivative }: Variant): string =>
  JSON.stringify([derivativeKey(derivative), layer?.name, cotangent])
