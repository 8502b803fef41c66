import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { bindBatch } from '../../../src/core/ir/bind.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { tensor } from '../../../src/core/ir/tensor.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { halving } from '../../helpers/halving.ts'

const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const

/** A builder with a picture as input, and convolutions at hand. */
function start() {
  const g = new GraphBuilder()
  const x = g.input('x', [N, 4, 6, 6])
  const weights = (shape: Shape): Value =>
    g.constant(tensor(shape, new Float32Array(sizeOf(shape)).fill(0.1)))
  const conv = (from: Value, name: string): Value =>
    g.emit('conv', [from, weights([4, 4, 3, 3])], window, name)
  return { g, x, conv }
}

/** Kernel and label of each step for a batch of 2. */
const steps = (graph: Graph): string[] =>
  planGraph(bindBatch(decompose(graph), 2)).steps.map(({ kernel, label }) => `${kernel}: ${label}`)

describe('planGraph', () => {
  it('runs a convolution with its residual addition and ReLU as one step', () => {
    const { g, x, conv } = start()
    const sum = g.add(conv(conv(x, 'a'), 'b'), x)
    expect(steps(g.build([g.emit('relu', [sum], {}, 'y')]))).toEqual([
      'copy: relayout x',
      'conv: conv a',
      'conv: conv y',
      'copy: relayout y',
    ])
  })

  it('does not fuse away a value that somebody else needs', () => {
    const { g, x, conv } = start()
    const a = conv(x, 'a')
    const y = g.emit('relu', [a], {}, 'y')
    expect(steps(g.build([y, a]))).toEqual([
      'copy: relayout x',
      'conv: conv a',
      'unary: relu y',
      'copy: relayout y',
      'copy: relayout a',
    ])
  })

  it('ends the input gradient of a convolution in the mask of the ReLU before it', () => {
    const { g, x, conv } = start()
    const y = conv(g.emit('relu', [conv(x, 'a')], {}, 'r'), 'y')
    const gradient = differentiate(g.build([y]), { output: y, wrt: [x] })
    expect(steps(gradient).filter((step) => !step.includes('relayout'))).toEqual([
      'conv: conv r',
      'conv: conv y',
      'conv: convTranspose',
      'conv: convTranspose',
    ])
  })

  it('clamps as it interpolates, and adds and gates afterwards', () => {
    const g = new GraphBuilder()
    const [from, way] = [g.input('from', [1, 6, 6, 4]), g.input('way', [1, 6, 6, 4])]
    const x = g.input('x', [N, 4, 6, 6])
    const points = () => g.emit('interpolate', [from, way, g.input('shares', [N])], {})
    const clipped = g.emit('clip', [g.emit('relu', [points()], {})], { min: -1, max: 6 }, 'clipped')
    const gated = g.emit('gate', [points(), x], { lo: 0, hi: 1 }, 'gated')
    const graph = g.build([clipped, g.add(points(), clipped), gated])
    expect(steps(graph).filter((step) => !step.includes('relayout'))).toEqual([
      'interpolate: interpolate clipped',
      'interpolate: interpolate',
      'binary: gate gated',
      'interpolate: interpolate',
      'binary: add',
    ])
    const [{ args } = { args: {} }] = planGraph(bindBatch(graph, 2)).steps
    expect(args).toMatchObject({ clampMin: 0, clampMax: 6 })
  })

  it('keeps pictures channels-last from one spatial op to the next', () => {
    const { g, x, conv } = start()
    const both = g.emit('concat', [conv(x, 'a'), conv(x, 'b')], { axis: 1 }, 'both')
    const half = g.emit('slice', [both], { starts: [0, 2, 0, 0], steps: [1, 1, 1, 1], lengths: [N, 4, 6, 6] })
    const y = g.emit('globalAveragePool', [g.emit('maxPool', [half], halving)], {}, 'y')
    const relayouts = steps(g.build([y])).filter((step) => step.includes('relayout'))
    expect(relayouts).toEqual(['copy: relayout x'])
  })

  it('rotates pictures where they lie, and their gradient back', () => {
    const { g, x, conv } = start()
    const y = conv(g.emit('rot90', [conv(x, 'a')], { k: 1, axes: [2, 3] }, 'r'), 'y')
    expect(steps(g.build([y]))).toEqual([
      'copy: relayout x',
      'conv: conv a',
      'copy: rot90 r',
      'conv: conv y',
      'copy: relayout y',
    ])
    const gradient = differentiate(g.build([y]), { output: y, wrt: [x] })
    const backward = steps(gradient)
      .filter((step) => !step.includes('relayout'))
      .slice(-3)
    expect(backward).toEqual(['conv: convTranspose', 'copy: rot90', 'conv: convTranspose'])
  })

  it('needs less room than all its buffers together', () => {
    const { g, x, conv } = start()
    const y = Array.from({ length: 8 }).reduce((from: Value) => conv(from, ''), x)
    const { arenaBytes, bufferBytes } = planGraph(bindBatch(g.build([y]), 1))
    expect(arenaBytes).toBeLessThan(bufferBytes / 2)
  })

  it('refuses a graph with ops that should have been folded away', () => {
    const { g, x } = start()
    const shape = g.emit('shapeOf', [x], { start: 0, end: 4 }, 'shape')
    expect(() => planGraph(bindBatch(g.build([shape]), 1))).toThrow(/shapeOf shape has no kernel/)
  })
})
