import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Graph } from '../../src/core/ir/graph.ts'
import { sizeOf } from '../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { canonical } from '../../src/core/passes/index.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import { givenForm } from '../../src/explain/points.ts'
import { gradientGraph } from '../../src/explain/variants.ts'
import { importOnnx } from '../../src/onnx/index.ts'
import { runScript } from './python.ts'

/** The nets of the bench: the built-in one with its weights, torchvision's with random ones. */
export const netNames = ['efficientnet-lite0', 'mobilenet_v2', 'resnet18', 'resnet50', 'vgg16'] as const
export type NetName = (typeof netNames)[number]
export const BUILT_IN = 'efficientnet-lite0' satisfies NetName
export const INPUT_SHAPE = [1, 3, 224, 224] as const
/** The class that everybody explains. */
export const TARGET = 5

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** For the service's MODELS_DIR. */
export const netsFolder = at('.nets')
export const fileOf = (net: NetName): string =>
  net === BUILT_IN ? at(`models/${net}/model.onnx`) : at(`.nets/${net}/model.onnx`)

/** Exports the nets that are not there yet. */
export async function makeNets(nets: readonly NetName[]): Promise<void> {
  for (const net of nets) {
    if (existsSync(fileOf(net))) continue
    console.error(`exporting ${net} to .nets/`)
    await runScript('export.py', [net, fileOf(net)])
  }
}

/** A net as the service would load it. `side`: another height and width of its input, where the net allows it. */
export function loadNet(net: NetName, side?: number): LoadedModel {
  const file = readFileSync(fileOf(net))
  const graph = canonical(importOnnx(side === undefined ? file : withSide(file, side)).graph)
  const [input] = graph.inputs
  const [logits] = graph.outputs
  if (!input || !logits) throw new Error(`${net} has no input or no output`)
  return { graph, input, logits, layers: new Map(), mean: [0, 0, 0], std: [1, 1, 1] }
}

/** x ↦ logits and the plain gradient of the cotangent given. */
export const saliencyGraph = (model: LoadedModel): Graph =>
  gradientGraph(model, {
    of: 'logit',
    rules: [],
    layer: undefined,
    cotangent: 'given',
    points: givenForm,
    answer: 'gradient',
  })

/** The dimensions 3, 224, 224 as TensorShapeProto writes them, each in a field of its own. */
const DIMS = Buffer.from([0x0a, 2, 0x08, 3, 0x0a, 3, 0x08, 0xe0, 1, 0x0a, 3, 0x08, 0xe0, 1])

/** The file with the input's height and width changed where they stand, behind the weights: below 2^14 they have two bytes. */
function withSide(file: Buffer, side: number): Buffer {
  const at = file.lastIndexOf(DIMS)
  if (at < 0) throw new Error('the file does not say that its input is 3×224×224')
  const twoBytes = [(side & 127) | 128, side >> 7]
  file.set(twoBytes, at + 7)
  file.set(twoBytes, at + 12)
  return file
}

/** The same numbers in every run, roughly normal: sums of uniform ones from a linear congruential generator. */
export function noise(shape: readonly number[], seed = 1): Tensor {
  let state = seed
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const data = Float32Array.from({ length: sizeOf(shape) }, () => 2 * (uniform() + uniform() + uniform()))
  return tensor(shape, data)
}
