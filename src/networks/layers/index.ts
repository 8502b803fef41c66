import type { LayerKind } from '../layer.ts'
import { leakyRelu, prelu, relu, sigmoid, softmax, tanh } from './activations.ts'
import { batchNorm } from './batch-norm.ts'
import { conv2d } from './conv2d.ts'
import { fullyConnected } from './fully-connected.ts'
import { avgPool, globalAvgPool, maxPool } from './pools.ts'
import { add, concat, dropout, flatten, rot90 } from './shaping.ts'

/** Every kind of layer, in the order of lists. */
export const kinds: readonly [LayerKind, ...LayerKind[]] = [
  conv2d,
  ...[fullyConnected, batchNorm, relu, leakyRelu, prelu, sigmoid, tanh, softmax],
  ...[maxPool, avgPool, globalAvgPool, dropout, flatten, rot90, add, concat],
]

/** By their names in specs. */
export const layerKinds: ReadonlyMap<string, LayerKind> = new Map(kinds.map((kind) => [kind.type, kind]))
