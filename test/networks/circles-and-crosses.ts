import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

const circles = [
  [1, 1],
  [2, 1],
  [2, 2],
  [2, 3],
  [2, 4],
  [3, 2],
  [3, 3],
  [4, 1],
  [4, 2],
  [4, 3],
]
const crosses = [
  [1, 2],
  [1, 3],
  [1, 4],
  [2, 5],
  [3, 4],
  [3, 5],
  [4, 4],
  [5, 1],
  [5, 2],
  [5, 3],
]

/** Twenty points of two classes that no line tells apart. */
export const points = [...circles, ...crosses]
export const labels = points.map((_, i) => (i < circles.length ? 0 : 1))

const backend = wasmBackend()

/** A network of tanh units that was trained on all points, one-hot targets. */
export function trainedOnCirclesAndCrosses(units: number, seed: number): StoredNetwork {
  const spec = readSpec({
    input: [2],
    seed,
    layers: [{ type: 'fullyConnected', units }, { type: 'tanh' }, { type: 'fullyConnected', units: 2 }],
  })
  const training = trainingSchema.parse({
    loss: 'cross-entropy',
    optimizer: { type: 'adam', learningRate: 0.05 },
    epochs: 400,
    batchSize: 'full',
  })
  const network = networkOf(spec)
  const data = {
    count: points.length,
    inputShape: [2],
    targetShape: [2],
    inputs: Float64Array.from(points.flat()),
    targets: Float64Array.from(labels.flatMap((label) => [1 - label, label])),
  }
  const { history, diagnostics, best } = new Trainer(network, data, training, backend).run(
    freshState(network, training),
    () => false,
  )
  if (!best) throw new Error('the training had no epoch')
  return {
    id: 'circles',
    ...{ spec, parameters: best.parameters, labels: ['circle', 'cross'], history, diagnostics, training },
  }
}
