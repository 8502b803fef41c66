import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Graph } from '../../src/core/ir/graph.ts'
import type { Tensor } from '../../src/core/ir/tensor.ts'
import { writeNpy } from '../../src/imaging/npy.ts'
import { inferenceGraph, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { writeOnnx } from '../../src/onnx/index.ts'
import { seeded, uniform } from '../helpers/random.ts'

/** Networks that together have every layer, with what ONNX writes in another way than the core. */
const specs: Readonly<Record<string, object>> = {
  numbers: {
    input: [5],
    layers: [
      { type: 'fullyConnected', units: 7 },
      { type: 'batchNorm' },
      { type: 'prelu' },
      { type: 'fullyConnected', units: 4, bias: false },
      { type: 'tanh' },
      { type: 'dropout' },
      { type: 'fullyConnected', units: 3 },
      { type: 'sigmoid' },
    ],
  },
  pictures: {
    input: [3, 9, 8],
    layers: [
      { type: 'conv2d', filters: 6, kernel: [3, 2], padding: 'same', stride: [1, 2], name: 'first' },
      { type: 'batchNorm' },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'maxPool', size: 3, stride: 2, padding: 1 },
      { type: 'conv2d', filters: 4, kernel: 3, padding: 1, groups: 2, name: 'second' },
      { type: 'prelu' },
      { type: 'conv2d', filters: 4, kernel: 3, padding: 2, dilation: 2, bias: false },
      { type: 'add', with: 'second' },
      { type: 'relu' },
      { type: 'concat', with: 'second' },
      { type: 'avgPool', size: 2, stride: 1, padding: 'same' },
      { type: 'flatten' },
      { type: 'fullyConnected', units: 5 },
      { type: 'softmax' },
    ],
  },
  turns: {
    input: [2, 3, 4],
    layers: [
      { type: 'rot90', k: 1 },
      { type: 'conv2d', filters: 2, kernel: 2 },
      { type: 'rot90', k: 2 },
      { type: 'tanh' },
      { type: 'rot90', k: -1 },
      { type: 'rot90', k: 0 },
      { type: 'conv2d', filters: 3, kernel: 1 },
      { type: 'rot90', k: 3 },
    ],
  },
  mean: { input: [3, 4, 5], layers: [{ type: 'globalAvgPool' }] },
  nothing: { input: [3], layers: [{ type: 'dropout' }] },
  'names-of-others': {
    input: [3],
    layers: [
      { type: 'fullyConnected', units: 2, name: 'input' },
      { type: 'relu', name: 'gemm' },
    ],
  },
}

export interface Written {
  readonly name: string
  readonly graph: Graph
  readonly file: Uint8Array
  /** a batch of 3 */
  readonly x: Tensor
}

const written = (name: string, spec: object): Written => {
  const network = networkOf(readSpec(spec))
  const random = seeded(1)
  const parameters = network.parameters.map(({ name, shape }) =>
    Float32Array.from(uniform(shape, random, name.endsWith('variance') ? [0.5, 2] : [-1, 1]).data),
  )
  const graph = inferenceGraph(network, parameters)
  const x = uniform([3, ...network.spec.input], random)
  return { name, graph, file: writeOnnx(graph), x: { ...x, data: Float32Array.from(x.data) } }
}

export const files: readonly Written[] = Object.entries(specs).map(([name, spec]) => written(name, spec))

/** `node test/onnx/written.ts FOLDER` writes them for onnx-runtime.py. */
const [, , folder] = process.argv
if (import.meta.main && folder !== undefined) {
  mkdirSync(folder, { recursive: true })
  for (const { name, file, x } of files) {
    writeFileSync(join(folder, `${name}.onnx`), file)
    writeFileSync(join(folder, `${name}.npy`), writeNpy({ shape: x.shape, data: x.data }))
  }
}
