import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { type Graph, presentInputs } from '../../src/core/ir/graph.ts'
import { N } from '../../src/core/ir/shape.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import { ModelMemory } from '../../src/core/wasm/memory.ts'
import { compileKernels } from '../../src/core/wasm/module.ts'
import { withStored } from '../../src/core/wasm/stored-weights.ts'
import { shareGraph } from '../../src/models/share.ts'

const large = Float32Array.from({ length: 300 * 256 }, (_, i) => Math.sin(i))
const small = Float32Array.from({ length: 300 }, (_, i) => i)

function loaded() {
  const g = new GraphBuilder()
  const input = g.input('x', [N, 256])
  const w = g.constant(tensor([300, 256], large), 'w')
  const bias = g.constant(tensor([300], small), 'b')
  const logits = g.emit('gemm', [input, w, bias], { alpha: 1, beta: 1, transA: false, transB: true }, 'y')
  const graph: Graph = g.build([logits])
  return { graph, input, logits, layers: new Map([['y', logits]]), classes: 300, warnings: [] }
}

describe('shareGraph', () => {
  it('puts all weights into memory that threads share, large ones into the model’s', () => {
    const { graph, stored, weightBytes } = shareGraph(loaded(), compileKernels(), 0)
    expect([...stored.keys()].map(({ name }) => name)).toEqual(['w'])
    expect([...graph.constants.keys()].map(({ name }) => name)).toEqual(['b'])
    for (const { data } of graph.constants.values()) expect(data.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(weightBytes).toBe(300 * 4)
  })

  it('survives a structured clone whole', () => {
    const { graph, logits, layers, stored, memory } = structuredClone(
      shareGraph(loaded(), compileKernels(), 0),
    )
    expect(graph.outputs[0]).toBe(logits)
    expect(layers.get('y')).toBe(logits)
    const { constants } = withStored(graph, stored, new ModelMemory(memory, 1))
    expect([...constants.values()].map(({ data }) => data)).toEqual([small, large])
    expect(graph.nodes.flatMap(presentInputs)).toEqual(expect.arrayContaining([...constants.keys()]))
  })
})
