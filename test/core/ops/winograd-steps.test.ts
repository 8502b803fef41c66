import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { isAlikeInBatches, winogradTile } from '../../../src/core/ops/winograd-steps.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'
import { halving } from '../../helpers/halving.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

/** Sums of some hundred products in f32, weighed by the transforms. */
const F32 = { relative: 2e-5, absolute: 2e-6 }

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )

/** A convolution's output and its input gradient, (x, ct) ↦ (y, dx). */
function convAndGradient(x: Shape, filters: number, pads: readonly [number, number, number, number]): Graph {
  const g = new GraphBuilder()
  const input = g.input('x', x)
  const w = g.constant(numbers([filters, x[1] ?? 1, 3, 3].map(Number), 1))
  const y = g.emit('conv', [input, w, g.constant(numbers([filters], 2))], {
    ...{ groups: 1, strides: [1, 1], dilations: [1, 1], pads },
  })
  return differentiate(g.build([y]), { output: y, wrt: [input], keep: [y] })
}

describe('a 3×3 convolution and its input gradient by Winograd’s algorithm', () => {
  it.each<[string, Shape, number, readonly [number, number, number, number]]>([
    ['4×4 tiles', [1, 32, 24, 20], 48, [1, 1, 1, 1]],
    ['a batch, asymmetric pads', [2, 16, 19, 23], 32, [0, 1, 2, 1]],
    ['no padding', [1, 24, 37, 38], 16, [0, 0, 0, 0]],
    ['more padding than the window reaches', [1, 16, 35, 36], 16, [3, 3, 3, 3]],
  ])('are those of the reference: %s', (_, x, filters, pads) => {
    const graph = convAndGradient(x, filters, pads)
    const plan = planGraph(decompose(graph))
    expect(plan.steps.map(({ kernel }) => kernel)).toContain('winograd')
    const inputs = graph.inputs.map(({ shape }, i) => numbers(shape.map(Number), i))
    const expected = runReference(graph, inputs)
    const inWasm = wasmBackend().compile(graph, 1).run(inputs)
    runPlan(plan, inputs).forEach((output, i) => {
      const reference = expected[i]
      if (!reference) throw new Error('the reference answers fewer outputs')
      expect(output).toBeClose(reference, F32)
      expect(inWasm[i]).toBeClose(reference, F32)
    })
  })

  it('leaves computed weights to the direct kernel', () => {
    const g = new GraphBuilder()
    const w = g.emit('neg', [g.input('w', [32, 32, 3, 3])], {})
    const y = g.emit('conv', [g.input('x', [1, 32, 24, 24]), w], {
      ...{ groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] },
    })
    const kernels = planGraph(decompose(g.build([y]))).steps.map(({ kernel }) => kernel)
    expect(kernels).toContain('conv')
    expect(kernels).not.toContain('winograd')
  })
})

describe('the tiles of a network', () => {
  /** A convolution, what comes behind it, and their input gradient. */
  function tilesOf(behind: (g: GraphBuilder, x: Value) => Value, withGradient: boolean) {
    const g = new GraphBuilder()
    const x = g.input('x', [1, 32, 24, 24])
    const conv = g.emit('conv', [x, g.constant(numbers([32, 32, 3, 3], 1))], {
      ...{ groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] },
    })
    const y = behind(g, conv)
    const graph = withGradient
      ? differentiate(g.build([y]), { output: y, wrt: [x], keep: [y] })
      : g.build([y])
    return planGraph(decompose(graph))
      .steps.filter(({ kernel }) => kernel === 'winograd')
      .map(({ args }) => args.tile)
  }
  const relu = (g: GraphBuilder, x: Value) => g.emit('relu', [x], {})
  const maxPool = (g: GraphBuilder, x: Value) => g.emit('maxPool', [relu(g, x)], halving)

  it('are small where a gradient goes to places of maxima, large in the gradient', () => {
    expect(tilesOf(maxPool, true)).toEqual([2, 4])
  })

  it('are large where no gradient is asked for', () => {
    expect(tilesOf(maxPool, false)).toEqual([4])
  })

  it('are large where nothing but signs is compared', () => {
    expect(tilesOf(relu, true)).toEqual([4, 4])
  })
})

describe('isAlikeInBatches', () => {
  it.each([
    ['large maps, which take large tiles', 56, 64, true],
    ['channels that the kernel does not take', 56, 3, true],
    ['small maps of many channels, which take others in batches', 7, 512, false],
  ])('of %s', (_, size, channels, alike) => {
    const g = new GraphBuilder()
    const w = g.constant(numbers([channels, channels, 3, 3], 1))
    const attrs = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
    const [node] = g.build([g.emit('conv', [g.input('x', [N, channels, size, size]), w], attrs)]).nodes
    if (node?.op !== 'conv') throw new Error('the graph is a convolution')
    expect(isAlikeInBatches(node, 5)).toBe(alike)
    expect(isAlikeInBatches(node, 1)).toBe(true)
  })
})

describe('winogradTile', () => {
  it.each([
    ['large tiles for large maps', 56, 64, 1, 4],
    ['large tiles for large weights', 14, 256, 1, 4],
    ['small tiles where transforming weights for large ones takes longer', 7, 512, 1, 2],
    ['large ones again where a batch shares the weights', 7, 512, 5, 4],
    ['the direct kernel where there is little else to do', 3, 512, 1, undefined],
  ])('chooses %s', (_, size, channels, batch, tile) => {
    const layer = { batch, outH: size, outW: size, channels, filters: channels }
    expect(winogradTile(layer, [2, 4])).toBe(tile)
  })
})
