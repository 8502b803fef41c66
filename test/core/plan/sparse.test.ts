import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Value } from '../../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )
const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
const pool = { ...window, kernel: [2, 2], strides: [2, 2], ceilMode: false } as const
const CHANNELS = 64

/** A pointwise convolution of 64 channels to `filters`. */
const pointwise = (g: GraphBuilder, x: Value, filters = CHANNELS, groups = 1): Value =>
  g.emit('conv', [x, g.constant(numbers([filters, CHANNELS / groups, 1, 1], filters))], { ...window, groups })

/** For each call of kernel `conv`, whether it looks for zeros. */
function lookingIn(build: (g: GraphBuilder, x: Value) => Value): boolean[] {
  const g = new GraphBuilder()
  const graph = g.build([build(g, g.input('x', [1, CHANNELS, 8, 8]))])
  const { steps } = planGraph(decompose(graph))
  return steps.flatMap(({ kernel, args }) => (kernel === 'conv' ? [args.sparse === 2] : []))
}

describe('zeros are looked for', () => {
  it('in what a relu or a clip at 0 lets through', () => {
    expect(lookingIn((g, x) => pointwise(g, g.emit('relu', [pointwise(g, x)], {})))).toEqual([false, true])
    const clipped = (min: number) =>
      lookingIn((g, x) => pointwise(g, g.emit('clip', [pointwise(g, x)], { min, max: 6 })))
    expect(clipped(0)).toEqual([false, true])
    expect(clipped(-1)).toEqual([false, false])
  })

  it('in what a relu or a gate by itself answers', () => {
    expect(lookingIn((g, x) => pointwise(g, g.emit('relu', [x], {})))).toEqual([true])
    const gated = (g: GraphBuilder, x: Value) => g.emit('gate', [x, g.emit('exp', [x], {})], { lo: 0, hi: 1 })
    expect(lookingIn((g, x) => pointwise(g, gated(g, x)))).toEqual([true])
    expect(lookingIn((g, x) => pointwise(g, g.emit('exp', [x], {})))).toEqual([false])
  })

  it('in a part of that, and with another beside it', () => {
    const beside = (g: GraphBuilder, x: Value) =>
      g.emit('concat', [g.emit('relu', [pointwise(g, x, 32)], {}), pointwise(g, x, 32)], { axis: 1 })
    expect(lookingIn((g, x) => pointwise(g, beside(g, x)))).toEqual([false, false, true])
  })

  it('in maxima of that', () => {
    const pooled = (g: GraphBuilder, x: Value) => pointwise(g, g.emit('maxPool', [x], pool))
    expect(lookingIn((g, x) => pooled(g, g.emit('relu', [pointwise(g, x)], {})))).toEqual([false, true])
    expect(lookingIn((g, x) => pooled(g, pointwise(g, x)))).toEqual([false, false])
    const averaged = (g: GraphBuilder, x: Value) =>
      pointwise(g, g.emit('averagePool', [x], { ...pool, countIncludePad: false }))
    expect(lookingIn((g, x) => averaged(g, g.emit('relu', [pointwise(g, x)], {})))).toEqual([false, false])
  })

  it('in the gradient of maxima', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [1, CHANNELS, 8, 8])
    const y = g.emit('maxPool', [pointwise(g, x)], pool)
    const { steps } = planGraph(decompose(differentiate(g.build([y]), { output: y, wrt: [x] })))
    expect(steps.filter(({ args }) => args.sparse)).toHaveLength(1)
  })

  it('in the samples of a pixel side by side, unless depthwise steps between them go sample after sample', () => {
    const orders = (groups: number) => {
      const g = new GraphBuilder()
      const x = g.emit('relu', [pointwise(g, g.input('x', [2, CHANNELS, 8, 8]))], {})
      const between = g.emit('relu', [pointwise(g, x, CHANNELS, groups)], {})
      const { steps } = planGraph(decompose(g.build([pointwise(g, between)])))
      return steps.flatMap(({ kernel, args }) => (kernel === 'conv' ? [args.sparse] : []))
    }
    expect(orders(1)).toEqual([0, 2, 2])
    expect(orders(CHANNELS)).toEqual([0, 1])
  })

  it('where Winograd’s algorithm takes the products, whatever their columns', () => {
    const g = new GraphBuilder()
    const w = g.constant(numbers([16, CHANNELS, 3, 3], 1))
    const y = g.emit('conv', [g.emit('relu', [g.input('x', [1, CHANNELS, 40, 40])], {}), w], {
      ...window,
      groups: 1,
    })
    const { steps } = planGraph(decompose(g.build([y])))
    expect(steps.flatMap(({ kernel, args }) => (kernel === 'winograd' ? [args.sparse] : []))).toEqual([2])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39])('not under weights of %d in float32', (weight) => {
    const g = new GraphBuilder()
    const x = g.input('x', [1, CHANNELS, 8, 8])
    const weights = Float64Array.from({ length: CHANNELS ** 2 }, (_, i) => (i === 77 ? weight : 1))
    const w = g.constant(tensor([CHANNELS, CHANNELS, 1, 1], weights))
    const y = g.emit('conv', [g.emit('relu', [x], {}), w], { ...window, groups: 1 })
    const plan = planGraph(decompose(g.build([y])))
    expect(plan.steps.filter(({ args }) => args.sparse)).toEqual([])
    // channel 13 of x is 0: what the weight makes of it, in channel 1, is to be seen
    const [answer] = runPlan(plan, [tensor([1, CHANNELS, 8, 8], new Float32Array(CHANNELS * 64))])
    expect(answer?.data[64]).toBeNaN()
  })

  it('not for the products of few columns, nor in groups', () => {
    const afterRelu = (filters: number, groups = 1) =>
      lookingIn((g, x) => pointwise(g, g.emit('relu', [pointwise(g, x)], {}), filters, groups)).at(-1)
    expect([afterRelu(48), afterRelu(64), afterRelu(128, 2)]).toEqual([false, true, false])
  })

  it('in a gradient, where a gate made them; it is the reference’s', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [2, CHANNELS, 6, 6])
    const y = pointwise(g, g.emit('relu', [pointwise(g, x)], {}))
    const graph = differentiate(g.build([y]), { output: y, wrt: [x] })
    const plan = planGraph(decompose(graph))
    expect(plan.steps.filter(({ kernel, args }) => kernel === 'conv' && args.sparse)).not.toEqual([])
    const inputs = graph.inputs.map(({ shape }, i) => numbers(shape.map(Number), i))
    const [expected] = runReference(graph, inputs)
    if (!expected) throw new Error('no gradient')
    expect(runPlan(plan, inputs)[0]).toBeClose(expected, { relative: 1e-4, absolute: 1e-4 })
  })
})
