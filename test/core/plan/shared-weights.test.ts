import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { ROOMY } from '../../../src/core/plan/shared-weights.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

/** Sums of some hundred products in f32, some weighed by transforms. */
const F32 = { relative: 2e-5, absolute: 5e-5 }

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )

type Layer = (g: GraphBuilder, x: Value, w: Value) => Value

/** y of x by a layer with one weight, (x, ct) ↦ (y, dx). */
function withGradient(x: Shape, w: Shape, layer: Layer): Graph {
  const g = new GraphBuilder()
  const input = g.input('x', x)
  const y = layer(g, input, g.constant(numbers(w, 1)))
  return differentiate(g.build([y]), { output: y, wrt: [input], keep: [y] })
}

const convolution =
  (stride: number, pad: number) =>
  (g: GraphBuilder, x: Value, w: Value): Value => {
    const strides = [stride, stride] as const
    const pads = [pad, pad, pad, pad] as const
    const window = { groups: 1, strides, dilations: [1, 1], pads } as const
    return g.emit('conv', [x, w], window)
  }
const product =
  (transB: boolean) =>
  (g: GraphBuilder, x: Value, w: Value): Value =>
    g.emit('gemm', [x, w], { alpha: 1, beta: 1, transA: false, transB })

/** The graph in a model whose other weights leave no room for any of them twice. */
const inLargeModel = (graph: Graph): Graph => {
  const g = new GraphBuilder()
  g.include(graph)
  g.constant(tensor([ROOMY], new Float32Array(ROOMY)))
  return g.build(graph.outputs)
}

const layers: readonly (readonly [string, Graph])[] = [
  ['a pointwise convolution', withGradient([1, 512, 5, 3], [512, 512, 1, 1], convolution(1, 0))],
  ['a strided one', withGradient([2, 256, 6, 4], [1024, 256, 1, 1], convolution(2, 0))],
  ['a 3×3 convolution with strides', withGradient([1, 192, 9, 7], [192, 192, 3, 3], convolution(2, 1))],
  ['a 3×3 convolution in tiles', withGradient([1, 192, 13, 13], [192, 192, 3, 3], convolution(1, 1))],
  ['one of many channels', withGradient([1, 608, 8, 8], [608, 608, 3, 3], convolution(1, 1))],
  ['a product', withGradient([3, 512], [600, 512], product(true))],
  ['a product with weights the other way around', withGradient([1, 512], [512, 528], product(false))],
]

describe('the weights of a layer and of its input gradient', () => {
  it.each(layers)('lie in memory once in a large model: %s', (_, graph) => {
    const { constants, steps } = planGraph(decompose(inLargeModel(graph)))
    expect(constants.filter(({ form }) => 'packing' in form)).toHaveLength(1)
    expect(steps.map(({ args }) => args.turned).filter((turned) => turned !== undefined)).toEqual([0, 1])
  })

  it.each(layers)('give the numbers of the reference: %s', (_, graph) => {
    const inputs = graph.inputs.map(({ shape }, i) => numbers(shape, i))
    const expected = runReference(graph, inputs)
    const inWasm = wasmBackend().compile(inLargeModel(graph), 1).run(inputs)
    runPlan(planGraph(decompose(inLargeModel(graph))), inputs).forEach((output, i) => {
      const reference = expected[i]
      if (!reference) throw new Error('the reference answers fewer outputs')
      expect(output).toBeClose(reference, F32)
      expect(inWasm[i]).toBeClose(reference, F32)
    })
  })

  it.each<[string, Graph]>([
    ['small weights', withGradient([1, 64, 5, 3], [32, 64, 1, 1], convolution(1, 0))],
    [
      'input channels that are no whole tiles',
      withGradient([1, 520, 5, 3], [512, 520, 1, 1], convolution(1, 0)),
    ],
    ['sums too long for a stage', withGradient([1, 32], [6000, 32], product(true))],
  ])('are packed for each where turning does not pay or go: %s', (_, graph) => {
    const { constants, steps } = planGraph(decompose(inLargeModel(graph)))
    expect(constants.filter(({ form }) => 'packing' in form)).toHaveLength(2)
    expect(steps.some(({ args }) => args.turned === 1)).toBe(false)
  })

  it('are packed for each in a model with room for both, but for the product of a single row', () => {
    const packed = layers.map(([, graph]) => {
      const { constants } = planGraph(decompose(graph))
      return constants.filter(({ form }) => 'packing' in form).length
    })
    expect(packed).toEqual([2, 2, 2, 2, 2, 2, 1])
  })
})
