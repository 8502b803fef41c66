import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph } from '../../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import { WasmBackend } from '../../../src/core/wasm/executor.ts'
import { createModelMemory, ModelMemory } from '../../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../../src/core/wasm/module.ts'
import { storeWeights, withStored } from '../../../src/core/wasm/stored-weights.ts'
import { Team } from '../../../src/core/wasm/team.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

const numbers = (shape: Shape, seed = 0): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )
const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const

/** Two large layers and a small one between them: x ↦ y. */
function network(): Graph {
  const g = new GraphBuilder()
  const x = g.input('x', [N, 256, 3, 5])
  const wide = g.emit('conv', [x, g.constant(numbers([512, 256, 1, 1], 1), 'wide')], window)
  const small = g.emit('conv', [wide, g.constant(numbers([4, 512, 1, 1], 2), 'small')], window)
  const flat = g.reshape(small, [N, 60])
  const dense = { alpha: 1, beta: 1, transA: false, transB: true }
  return g.build([g.emit('gemm', [flat, g.constant(numbers([1200, 60], 3), 'dense')], dense)])
}

function store(graph: Graph) {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const team = new Team(instantiateKernels(compileKernels(), raw, memory.allocate(SCRATCH_BYTES)), raw, 0)
  const stored = storeWeights(graph, memory, team)
  const constants = new Map([...graph.constants].filter(([value]) => !stored.has(value)))
  const whole = () => withStored({ ...graph, constants }, stored, memory)
  return { stored, whole, memory, backend: new WasmBackend(memory, team) }
}

const gradientOf = (graph: Graph): Graph => {
  const [output] = graph.outputs
  if (!output) throw new Error('the graph has no output')
  return differentiate(graph, { output, wrt: graph.inputs, keep: [output] })
}

describe('stored weights', () => {
  it('are the large ones, bit for bit', () => {
    const graph = network()
    const { stored, whole } = store(graph)
    expect([...stored.keys()].map(({ name }) => name)).toEqual(['wide', 'dense'])
    const { constants } = verify(whole())
    expect(constants.size).toBe(3)
    for (const [value, { data }] of graph.constants) expect(constants.get(value)?.data).toEqual(data)
  })

  it('give the bits that weights in the graph give, forward and backward, in any batch', () => {
    const graph = network()
    const { whole, backend } = store(graph)
    for (const batch of [1, 3]) {
      const inputs = [numbers([batch, 256, 3, 5]), numbers([batch, 1200], 4)]
      const plain = wasmBackend().compile(gradientOf(graph), batch).run(inputs)
      expect(backend.compile(gradientOf(whole()), batch).run(inputs)).toEqual(plain)
    }
  })

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'show what %d makes of zeros that a relu lets through',
    (weight) => {
      const g = new GraphBuilder()
      const w = numbers([512, 256, 1, 1])
      w.data[256 + 7] = weight
      const x = g.emit('relu', [g.input('x', [N, 256, 4, 5])], {})
      const { stored, whole, backend } = store(g.build([g.emit('conv', [x, g.constant(w)], window)]))
      expect([...stored.values()].map(({ areFinite }) => areFinite)).toEqual([false])
      const [y] = backend.compile(whole(), 1).run([tensor([1, 256, 4, 5], new Float32Array(256 * 20))])
      expect(y?.data.subarray(20, 40)).toEqual(new Float32Array(20).fill(Number.NaN))
    },
  )

  it('are not packed a second time', () => {
    const { whole, memory, backend } = store(network())
    const before = memory.allocate(64)
    backend.compile(gradientOf(whole()), 1)
    expect(memory.allocate(64) - before).toBeLessThan(512 * 256 * 4)
  })

  it('are none that two kernels read in two orders, that are doubles, or of a graph that cannot be planned', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [1, 256, 3, 3])
    const w = g.constant(numbers([256, 256, 1, 1]))
    const there = g.emit('conv', [x, w], window)
    const back = g.emit('convTranspose', [there, w], { ...window, outputSize: [3, 3] })
    const doubles = g.constant(tensor([256, 256, 1, 1], Float64Array.from(numbers([65536]).data)))
    expect(store(g.build([g.emit('conv', [g.add(back, there), doubles], window)])).stored.size).toBe(0)
    const shape = g.emit('shapeOf', [there], { start: 0, end: 4 })
    expect(store(g.build([there, shape])).stored.size).toBe(0)
  })
})
