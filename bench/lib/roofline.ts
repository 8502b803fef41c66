import { GraphBuilder } from '../../src/core/ir/builder.ts'
import type { Graph } from '../../src/core/ir/graph.ts'
import type { WasmBackend } from '../../src/core/wasm/executor.ts'
import { noise } from './nets.ts'

/** What this machine can do with the team's threads, measured: the best of several runs. */
export interface Roofline {
  readonly gflops: number
  /** reads and writes of a tensor that no cache holds */
  readonly gigabytes: number
}

/** Products of matrices that the caches hold: rows and columns. */
const products = [
  [576, 128],
  [1024, 256],
  [2304, 256],
] as const
const COPIED = 1 << 24

export function measureRoofline(backend: WasmBackend): Roofline {
  const speeds = products.map(([rows, k]) => {
    const graph = matrixProduct(rows, k)
    return (2 * rows * k * k) / best(backend, graph, 60) / 1e6
  })
  const ms = best(backend, negation(), 9)
  return { gflops: Math.max(...speeds), gigabytes: (8 * COPIED) / ms / 1e6 }
}

/** Milliseconds of the graph's longest step, at best. */
function best(backend: WasmBackend, graph: Graph, runs: number): number {
  const program = backend.compile(graph, 1)
  const inputs = graph.inputs.map(({ shape }) => noise(shape))
  const times = Array.from({ length: runs }, () => Math.max(...program.timeSteps(inputs)))
  return Math.min(...times)
}

/** As a pointwise convolution: the planner takes its best dense kernel. */
function matrixProduct(rows: number, k: number): Graph {
  const g = new GraphBuilder()
  const x = g.input('x', [1, k, 1, rows])
  const y = g.emit('conv', [x, g.constant(noise([k, k, 1, 1]))], {
    groups: 1,
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
  })
  return g.build([y])
}

function negation(): Graph {
  const g = new GraphBuilder()
  return g.build([g.neg(g.input('x', [COPIED]))])
}
