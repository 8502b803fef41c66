import type { LayerKind } from '../layer.ts'
import { leakyRelu, prelu, relu, sigmoid, softmax, tanh } from './activations.ts'
import { batchNorm } from './batch-norm.ts'
import { conv2d } from './conv2d.ts'
import { fullyConnected } from './fully-connected.ts'
import { avgPool, globalAvgPool, maxPool } from './pools.ts'
import { add, concat, dropout, flatten, rot90 } from './shaping.ts'

/** Every kind of layer, by its name in specs. */
export const layerKinds: ReadonlyMap<string, LayerKind> = new Map(
  [
    ...[conv2d, fullyConnected, batchNorm, relu, leakyRelu, prelu, sigmoid, tanh, softmax],
    ...[maxPool, avgPool, globalAvgPool, dropout, flatten, rot90, add, concat],
  ].map((kind) => [kind.type, kind]),
)
