import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Value } from '../../../src/core/ir/graph.ts'
import { tensor } from '../../../src/core/ir/tensor.ts'
import { type Plan, planGraph } from '../../../src/core/plan/plan.ts'
import { referenceBackend } from '../../../src/core/reference/backend.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'
import '../../helpers/to-be-close.ts'

const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
const SHAPE = [1, 8, 5, 5] as const
const BYTES = 4 * 8 * 5 * 5

/** Pointwise convolutions of eight channels. */
function start() {
  const g = new GraphBuilder()
  const w = g.constant(tensor([8, 8, 1, 1], new Float32Array(64).fill(0.1)))
  const conv = (x: Value, name: string): Value => g.emit('conv', [x, w], window, name)
  return { g, x: conv(g.input('x', SHAPE), 'start'), conv }
}

/** The arena's places of a step's addend and result. */
function places(plan: Plan, label: string): { addend: unknown; out: unknown } {
  const step = plan.steps.find((candidate) => candidate.label === label)
  expect(step?.args).toMatchObject({ addend: { arena: expect.any(Number) } })
  return { addend: step?.args.addend, out: step?.args.out }
}

describe('a result', () => {
  it('takes the place of the addend that is needed no more, along a whole chain', () => {
    const { g, x, conv } = start()
    const first = g.add(conv(conv(x, 'a'), 'b'), x)
    const named = g.rename(first, 'first')
    const second = g.rename(g.add(conv(conv(named, 'c'), 'd'), named), 'second')
    const plan = planGraph(g.build([conv(second, 'end')]))
    const [one, two] = [places(plan, 'conv first'), places(plan, 'conv second')]
    expect(one.out).toEqual(one.addend)
    expect(two.out).toEqual(one.out)
    expect(two.addend).toEqual(one.out)
  })

  it('lies elsewhere when the addend is read later', () => {
    const { g, x, conv } = start()
    const sum = g.rename(g.add(conv(conv(x, 'a'), 'b'), x), 'sum')
    const plan = planGraph(g.build([g.mul(sum, x)]))
    const { addend, out } = places(plan, 'conv sum')
    expect(out).not.toEqual(addend)
  })

  it('lies elsewhere when the step reads more of the addend than the element that it writes', () => {
    const { g, x, conv } = start()
    const sum = g.rename(g.add(conv(x, 'a'), x), 'sum')
    const plan = planGraph(g.build([conv(sum, 'end')]))
    const { addend, out } = places(plan, 'conv sum')
    expect(out).not.toEqual(addend)
  })

  it('lies elsewhere when the addend is an answer', () => {
    const { g, x, conv } = start()
    const skip = conv(x, 'skip')
    const sum = g.rename(g.add(conv(conv(skip, 'a'), 'b'), skip), 'sum')
    const plan = planGraph(g.build([g.reshape(skip, [8, 25]), conv(sum, 'end')]))
    const { addend, out } = places(plan, 'conv sum')
    expect(out).not.toEqual(addend)
  })

  it('takes the place of an input, which is given again with the next run', () => {
    const g = new GraphBuilder()
    const [x, y] = [g.input('x', SHAPE), g.input('y', SHAPE)]
    const w = g.constant(tensor([8, 8, 1, 1], new Float32Array(64).fill(0.1)))
    const sum = g.add(g.emit('conv', [g.emit('exp', [x], {}), w], window), y)
    const graph = g.build([g.emit('relu', [sum], {}), g.reshape(g.emit('tanh', [sum], {}), [8, 25])])
    const inputs = [1, 2].map((seed) =>
      tensor(
        SHAPE,
        Float32Array.from({ length: 200 }, (_, i) => Math.sin(i * 12.9898 + seed)),
      ),
    )
    const swapped = inputs.toReversed()
    const program = wasmBackend().compile(graph, 1)
    const expected = referenceBackend.compile(graph, 1)
    for (const given of [inputs, swapped, inputs]) {
      const outputs = program.run(given)
      for (const [i, output] of expected.run(given).entries())
        expect(outputs[i]).toBeClose(output, { relative: 1e-5 })
    }
  })

  it('makes the arena smaller: a sum needs two buffers, not three', () => {
    const { g, x, conv } = start()
    const sum = g.add(conv(conv(x, 'a'), 'b'), x)
    const { arenaBytes, bufferBytes } = planGraph(g.build([conv(conv(sum, 'c'), 'd')]))
    expect(arenaBytes).toBeLessThanOrEqual(2 * Math.ceil(BYTES / 64) * 64)
    expect(bufferBytes).toBeGreaterThan(arenaBytes)
  })
})
