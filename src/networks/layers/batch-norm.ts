import * as z from 'zod'
import type { GraphBuilder } from '../../core/ir/builder.ts'
import type { Value } from '../../core/ir/graph.ts'
import { isSymbolic, type Shape } from '../../core/ir/shape.ts'
import { LINE } from '../interval.ts'
import { layer } from '../layer.ts'

/**
 * y = γ (x − μ)/√(σ² + ε) + β per channel. In training μ and σ² are those of the batch, and their running means are kept
 * (σ² with divisor n − 1, as PyTorch keeps it); in inference the running ones are taken. (Ioffe and Szegedy 2015)
 */
export const batchNorm = layer({
  type: 'batchNorm',
  title: 'Batch normalisation',
  formula: 'y = γ (x − μ)/√(σ² + ε) + β',
  derivative: { of: 'all', formula: '∂y/∂x = γ/√(σ² + ε); in training μ and σ depend on x too' },
  range: () => LINE,
  params: z.object({
    momentum: z.number().gt(0).max(1).default(0.1).describe("The batch's share of the running statistics"),
    epsilon: z.number().gt(0).max(1).default(1e-5).describe('Added to the variance'),
  }),
  example: {},
  parameters: (_, [, channels = 1]) => [
    { name: 'gamma', role: 'weight', shape: [channels], init: 'ones' },
    { name: 'beta', role: 'bias', shape: [channels], init: 'zeros' },
    { name: 'mean', role: 'state', shape: [channels], init: 'zeros' },
    { name: 'variance', role: 'state', shape: [channels], init: 'ones' },
  ],
  emit(x, { momentum, epsilon }, { g, mode, parameter, update }) {
    const [gamma, beta] = [parameter('gamma'), parameter('beta')]
    const running = { mean: parameter('mean'), variance: parameter('variance') }
    if (mode === 'inference')
      return g.emit('batchNorm', [x, gamma, beta, running.mean, running.variance], { epsilon })
    const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
    const mean = g.emit('reduceMean', [x], { axes, keepDims: true })
    const centred = g.sub(x, mean)
    const variance = g.emit('reduceMean', [g.mul(centred, centred)], { axes, keepDims: true })
    const deviation = g.emit('sqrt', [g.add(variance, g.scalar(epsilon))], {})
    const broadcast = (value: Value) => g.reshape(value, mean.shape)
    const channels = gamma.shape
    update('mean', mixed(g, running.mean, g.reshape(mean, channels), momentum))
    update(
      'variance',
      mixed(g, running.variance, unbiased(g, g.reshape(variance, channels), x.shape, axes), momentum),
    )
    return g.add(g.mul(g.div(centred, deviation), broadcast(gamma)), broadcast(beta))
  },
})

const mixed = (g: GraphBuilder, old: Value, now: Value, share: number): Value =>
  g.add(g.mul(old, g.scalar(1 - share)), g.mul(now, g.scalar(share)))

/** σ²·n/(n−1); of a single number, σ² itself. */
function unbiased(g: GraphBuilder, variance: Value, shape: Shape, axes: readonly number[]): Value {
  const dims = axes.map((axis) => shape[axis] ?? 1)
  const all = axes.map((_, i) => i)
  const count = dims.some(isSymbolic)
    ? g.reduceSum(g.expand(g.scalar(1), dims), all, 'drop')
    : g.scalar(dims.reduce<number>((a, b) => a * Number(b), 1))
  const others = g.emit('clip', [g.sub(count, g.scalar(1))], { min: 1, max: Number.POSITIVE_INFINITY })
  return g.mul(variance, g.div(count, others))
}
