import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, InputsOf, OpName, Value } from '../../../src/core/ir/graph.ts'
import type { Tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import { ops } from '../../../src/core/ops/index.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import '../../helpers/to-be-close.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'
import { type BuiltCase, builtCases } from './build-case.ts'

/** f32 sums of at most a few hundred terms. */
const F32 = { relative: 1e-5, absolute: 1e-6 }
/** f64, computed in another order. */
const F64 = { relative: 1e-12, absolute: 1e-13 }

/** Casts of a float to int or bool, and `shapeOf`, are always folded away before planning. */
const isFolded = ({ op, output, graph }: BuiltCase): boolean =>
  ops[op].lower.kind === 'folded' || (op === 'cast' && graph.inputs.length > 0 && output.dtype !== 'float')

const reference = (graph: Graph, tensors: readonly Tensor[]): Tensor => {
  const [first] = runReference(graph, tensors)
  if (!first) throw new Error('a graph without an output')
  return first
}

/** The same case with its rank-4 inputs arriving channels-last: a 1×1 pool copies them into that layout. */
function channelsLast({ op, graph, output, tensors }: BuiltCase): Graph {
  const g = new GraphBuilder()
  const arrived = new Map<Value, Value>()
  for (const [value, data] of graph.constants) arrived.set(value, g.addConstant(value, data))
  graph.inputs.forEach((value, i) => {
    const input = g.addInput(value)
    const window = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
    const isImage = tensors[i]?.shape.length === 4
    arrived.set(value, isImage ? g.emit('maxPool', [input], { ...window, ceilMode: false }) : input)
  })
  const [node] = graph.nodes
  if (!node) throw new Error(`${op} without a node`)
  const inputs = node.inputs.map((v: Value | undefined) => v && arrived.get(v))
  // Mapping a tuple keeps its length, which TypeScript does not follow.
  const moved = g.emit<OpName>(node.op, inputs as unknown as InputsOf<OpName, Value>, node.attrs, output.name)
  return g.build([moved])
}

describe('the decomposition of', () => {
  it.each(builtCases.filter(({ op }) => ops[op].lower.kind === 'decompose'))(
    '$name computes the same',
    (row) => {
      const expected = reference(row.graph, row.tensors)
      expect(reference(verify(decompose(row.graph)), row.tensors)).toBeClose(expected, F64)
    },
  )
})

describe('the kernel calls of', () => {
  const wasm = wasmBackend()
  const planned = builtCases.filter((row) => !isFolded(row))

  it.each(planned)('$name compute what the reference does', (row) => {
    const [actual] = runPlan(planGraph(decompose(row.graph)), row.tensors)
    expect(actual).toBeClose(reference(row.graph, row.tensors), F32)
  })

  it.each(planned)('$name compute it in WebAssembly too', (row) => {
    const [actual] = wasm.compile(row.graph, 1).run(row.tensors)
    expect(actual).toBeClose(reference(row.graph, row.tensors), F32)
  })

  it.each(planned.filter(({ tensors }) => tensors.some(({ shape }) => shape.length === 4)))(
    '$name compute the same when the inputs arrive channels-last',
    (row) => {
      const [actual] = runPlan(planGraph(decompose(channelsLast(row))), row.tensors)
      expect(actual).toBeClose(reference(row.graph, row.tensors), F32)
    },
  )
})
