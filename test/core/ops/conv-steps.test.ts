import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

/** Sums of some hundred products in f32. */
const F32 = { relative: 1e-5, absolute: 1e-5 }

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )

type Pair = readonly [number, number]
type Pads = readonly [number, number, number, number]
interface Layer {
  readonly x: Shape
  readonly filters: number
  readonly kernel: Pair
  readonly stride: number
  readonly pads: Pads
  readonly dilation?: number
}

/** A convolution with a bias and a ReLU. */
function layerOf({ x, filters, kernel, stride, pads, dilation = 1 }: Layer): Graph {
  const g = new GraphBuilder()
  const input = g.input('x', x)
  const w = g.constant(numbers([filters, Number(x[1]), ...kernel], 1))
  const y = g.emit('conv', [input, w, g.constant(numbers([filters], 2))], {
    ...{ groups: 1, strides: [stride, stride], dilations: [dilation, dilation], pads },
  })
  return g.build([g.emit('relu', [y], {})])
}

const kernelsOf = (graph: Graph): string[] => planGraph(graph).steps.map(({ kernel }) => kernel)

const photo = { x: [2, 3, 23, 26], filters: 32, kernel: [3, 3], stride: 2, pads: [1, 1, 1, 1] } as const

describe('the first layer of a network', () => {
  it.each<[string, Layer]>([
    ['a 3×3 window', photo],
    ['a 7×7 window, one channel', { ...photo, x: [1, 1, 30, 31], kernel: [7, 7], pads: [3, 3, 3, 3] }],
    ['asymmetric pads, a bias, 20 filters', { ...photo, filters: 20, stride: 1, pads: [0, 1, 2, 2] }],
    ['a flat window', { ...photo, x: [1, 4, 9, 17], kernel: [1, 5], pads: [0, 2, 0, 2] }],
  ])('puts a border around its picture: %s', (_, layer) => {
    const graph = layerOf(layer)
    expect(kernelsOf(graph)).toEqual(['fill', 'copy', 'conv', 'copy'])
    const inputs = [numbers(layer.x, 3)]
    const expected = runReference(graph, inputs)
    const [byTwins] = runPlan(planGraph(graph), inputs)
    const [inWasm] = wasmBackend().compile(graph, 1).run(inputs)
    expect(byTwins).toBeClose(expected[0] as Tensor, F32)
    expect(inWasm).toBeClose(expected[0] as Tensor, F32)
  })

  it('takes a picture that the layer before has made, and others read too', () => {
    const { x: shape, stride, pads } = photo
    const g = new GraphBuilder()
    const x = g.input('x', shape)
    const conv = (from: Value, w: Shape, strides: Pair, around: Pads) =>
      g.emit('conv', [from, g.constant(numbers(w, sizeOf(w)))], {
        ...{ groups: 1, strides, dilations: [1, 1], pads: around },
      })
    const made = conv(x, [4, 3, 1, 1], [1, 1], [0, 0, 0, 0])
    const first = conv(made, [32, 4, 3, 3], [stride, stride], pads)
    const second = conv(made, [16, 4, 5, 5], [1, 1], [2, 2, 2, 2])
    const fixed = conv(g.constant(numbers(shape, 5)), [32, 3, 3, 3], [stride, stride], pads)
    const graph = g.build([g.emit('add', [first, fixed], {}), second, g.emit('relu', [made], {})])
    expect(kernelsOf(graph).filter((kernel) => kernel === 'fill')).toHaveLength(3)
    const inputs = [numbers(shape, 3)]
    const expected = runReference(graph, inputs)
    const actual = wasmBackend().compile(graph, 1).run(inputs)
    expected.forEach((output, i) => {
      expect(actual[i]).toBeClose(output, F32)
    })
  })

  it.each<[string, Layer]>([
    ['no window reaches over the sides', { ...photo, pads: [1, 0, 1, 0] }],
    ['they reach over by a window', { ...photo, pads: [1, 3, 1, 1] }],
    ['there are many channels', { ...photo, x: [1, 8, 12, 12] }],
    ['there are few filters', { ...photo, filters: 8 }],
    ['the window has one column', { ...photo, kernel: [3, 1] }],
    ['the taps are apart', { ...photo, dilation: 2 }],
  ])('has none where %s', (_, layer) => {
    expect(kernelsOf(layerOf(layer))).not.toContain('fill')
  })
})
