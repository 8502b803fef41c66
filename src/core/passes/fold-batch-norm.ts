import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { AnyNode, Graph, Node, Value } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import { rewrite } from './rewrite.ts'

/**
 * Folds batch normalisation (inference) into the convolution or product before it, when nothing else reads that; w' = w·s,
 * b' = b·s + t with s = scale/√(var+ε), t = bias − mean·s. Elsewhere it becomes x·s + t. In float64, results in f32.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = countUses(graph)
  return rewrite(graph, (g, node) => {
    if (node.op !== 'batchNorm') return undefined
    const affine = affineOf(g, node)
    if (!affine) return undefined
    const [x] = node.inputs
    const before = uses.get(originalOf(graph, node)) === 1 ? g.producerOf(x) : undefined
    return (before && foldInto(g, before, affine)) ?? scaleAndShift(g, x, affine)
  })
}

interface Affine {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

function affineOf(g: GraphBuilder, { inputs, attrs }: Node<'batchNorm'>): Affine | undefined {
  const [scale, bias, mean, variance] = inputs.slice(1).map((v) => g.constantOf(v)?.data)
  if (!scale || !bias || !mean || !variance) return undefined
  const s = Float64Array.from(scale, (gamma, c) => gamma / Math.sqrt(at(variance, c) + attrs.epsilon))
  return { scale: s, shift: s.map((factor, c) => at(bias, c) - at(mean, c) * factor) }
}

/** The node before with its weights scaled, or `undefined` when it is no product with constant weights. */
function foldInto(g: GraphBuilder, before: AnyNode, { scale, shift }: Affine): Value | undefined {
  if (before.op !== 'conv' && before.op !== 'gemm') return undefined
  const [x, w, b] = before.inputs
  const weights = g.constantOf(w)
  const bias = b ? g.constantOf(b) : undefined
  if (!weights || (b && !bias)) return undefined
  const shifted = (beta: number) =>
    shift.map((t, c) => t + at(scale, c) * beta * (bias ? at(bias.data, bias.data.length === 1 ? 0 : c) : 0))
  const constant = (data: Float64Array, shape: readonly number[], name: string) =>
    g.constant({ shape, dtype: 'float', data: Float32Array.from(data) }, name)
  if (before.op === 'conv') {
    const scaled = scaleAxis(weights, 0, scale)
    return g.emit(
      'conv',
      [x, constant(scaled, w.shape, w.name), constant(shifted(1), [scale.length], b?.name ?? '')],
      before.attrs,
    )
  }
  if (b && b.shape.length > 1) return undefined
  const scaled = scaleAxis(weights, before.attrs.transB ? 0 : 1, scale)
  const c = constant(shifted(before.attrs.beta), [scale.length], b?.name ?? '')
  return g.emit('gemm', [x, constant(scaled, w.shape, w.name), c], { ...before.attrs, beta: 1 })
}

function scaleAndShift(g: GraphBuilder, x: Value, { scale, shift }: Affine): Value {
  const perChannel = (data: Float64Array) =>
    g.constant({
      shape: [data.length, ...x.shape.slice(2).map(() => 1)],
      dtype: 'float',
      data: Float32Array.from(data),
    })
  return g.add(g.mul(x, perChannel(scale)), perChannel(shift))
}

/** Every number times its factor along one axis. */
function scaleAxis({ shape, data }: Tensor, axis: number, factors: Float64Array): Float64Array {
  const inner = shape.slice(axis + 1).reduce((a, d) => a * d, 1)
  return Float64Array.from(data, (v, i) => v * at(factors, Math.floor(i / inner) % factors.length))
}

/** How often each batch norm's input is read, by the node as it stood in the original graph. */
function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>()
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1)
  for (const node of graph.nodes) for (const input of node.inputs) if (input) count(input)
  for (const output of graph.outputs) count(output)
  return uses
}

/** The input, in the original graph, of the batch norm that computes this output. */
function originalOf(graph: Graph, node: Node<'batchNorm'>): Value {
  const original = graph.nodes.find((candidate) => candidate.output === node.output)
  const [x] = original?.inputs ?? []
  if (!x) throw new CoreError('graph', `batchNorm ${node.output.name} is not of this graph`)
  return x
}

const at = (data: ArrayLike<number>, i: number): number => data[i] ?? 0
