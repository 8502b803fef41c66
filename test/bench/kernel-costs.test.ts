import { describe, expect, it } from 'vitest'
import { costOf } from '../../bench/lib/kernel-costs.ts'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import type { Graph } from '../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { planGraph } from '../../src/core/plan/plan.ts'

const halving = { groups: 1, strides: [2, 2], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
const zeros = (shape: Shape): Tensor => tensor(shape, new Float32Array(sizeOf(shape)))
const costsOf = (graph: Graph) =>
  planGraph(graph).steps.map((step) => ({ kernel: step.kernel, ...costOf(step) }))

describe('costOf', () => {
  it('counts the products of a convolution and each operand once', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [2, 8, 6, 6])
    const y = g.emit('conv', [x, g.constant(zeros([4, 8, 3, 3]))], halving)
    const dense = costsOf(g.build([y])).filter(({ flops }) => flops > 0)
    // 2 pictures of 3×3 pixels, 9 taps, 8 → 4 channels; input 2·36·8, weights 9·8·4, bias 4, output 2·9·4
    expect(dense).toEqual([
      expect.objectContaining({ flops: 2 * 18 * 9 * 8 * 4, bytes: 4 * (576 + 288 + 4 + 72) }),
    ])
    expect(dense[0]?.shape).toContain('2·6×6×8→3×3×4 3×3 /2')
  })

  it('gives the adjoint as many products as its convolution has', () => {
    const g = new GraphBuilder()
    const ct = g.input('ct', [1, 4, 3, 3])
    const y = g.emit('convTranspose', [ct, g.constant(zeros([4, 8, 3, 3]))], {
      ...halving,
      outputSize: [6, 6],
    })
    const products = costsOf(g.build([y])).reduce((sum, { flops }) => sum + flops, 0)
    expect(products).toBe(2 * 9 * 9 * 8 * 4)
  })

  it('reads a broadcast operand once', () => {
    const g = new GraphBuilder()
    const sum = g.add(g.input('a', [64, 32]), g.input('b', [32]))
    expect(costsOf(g.build([sum]))).toEqual([
      { kernel: 'binary', flops: 2048, bytes: 4 * (2048 + 32 + 2048), shape: '64×32' },
    ])
  })
})
