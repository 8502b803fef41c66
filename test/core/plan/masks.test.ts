import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )
const pointwise = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
const around = { ...pointwise, pads: [1, 1, 1, 1] } as const

/** The input gradient of pointwise, depthwise and 3×3 layers with activations between, all of `channels` channels. */
function gradientOf(channels: number) {
  const g = new GraphBuilder()
  const x = g.input('x', [1, channels, 16, 12])
  const w = (shape: Shape, seed: number) => g.constant(numbers(shape, seed))
  const a = g.emit(
    'clip',
    [g.emit('conv', [x, w([channels, channels, 1, 1], 1)], pointwise)],
    { min: 0, max: 6 },
    'a',
  )
  const depthwise = { ...around, groups: channels }
  const b = g.emit('relu', [g.emit('conv', [a, w([channels, 1, 3, 3], 2)], depthwise)], {}, 'b')
  const c = g.emit('relu', [g.emit('conv', [b, w([channels, channels, 3, 3], 3)], around)], {}, 'c')
  const y = g.emit('conv', [c, w([channels, channels, 1, 1], 4)], pointwise)
  return differentiate(g.build([y]), { output: y, wrt: [x] })
}

describe('masks of activations', () => {
  it('are kept as bits where channels are whole vectors', () => {
    const { steps } = planGraph(decompose(gradientOf(32)))
    expect(steps.filter(({ args }) => args.maskBits)).toHaveLength(3)
    expect(steps.filter(({ args }) => args.gateBits)).toHaveLength(3)
    expect(steps.filter(({ args }) => args.gate)).toHaveLength(0)
  })

  it('are the values themselves where they are not', () => {
    const { steps } = planGraph(decompose(gradientOf(20)))
    expect(steps.filter(({ args }) => args.maskBits || args.gateBits)).toHaveLength(0)
    expect(steps.filter(({ args }) => args.gate)).toHaveLength(3)
  })

  it.each([32, 20])('give the gradient of the reference with %i channels', (channels) => {
    const graph = gradientOf(channels)
    const inputs = graph.inputs.map(({ shape }, i) => numbers(shape.map(Number), i))
    const [expected] = runReference(graph, inputs)
    if (!expected) throw new Error('no gradient')
    // f32 sums of some hundred products, four layers deep
    const tolerance = { relative: 1e-4, absolute: 1e-4 }
    expect(runPlan(planGraph(decompose(graph)), inputs)[0]).toBeClose(expected, tolerance)
    expect(wasmBackend().compile(graph, 1).run(inputs)[0]).toBeClose(expected, tolerance)
  })
})
