import { describe, expect, it } from 'vitest'
import type { DataSet } from '../../src/networks/data.ts'
import { networkOf } from '../../src/networks/network.ts'
import { seededRandom } from '../../src/networks/random.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

const COUNT = 256
const BITS = 32
const random = seededRandom(1)
const rows = Array.from({ length: COUNT }, () =>
  Array.from({ length: BITS }, () => Number(random.uniform() < 0.5)),
)
/** 32 copies, 16 ANDs and 16 XORs of neighbours. */
const answers = rows.map((bits) => [
  ...bits,
  ...Array.from({ length: 16 }, (_, i) => (bits[i] ?? 0) & (bits[i + 1] ?? 0)),
  ...Array.from({ length: 16 }, (_, i) => (bits[i] ?? 0) ^ (bits[i + 16] ?? 0)),
])
const data: DataSet = {
  count: COUNT,
  inputShape: [1, 16, 2],
  targetShape: [64],
  inputs: Float32Array.from(rows.flat()),
  targets: Float32Array.from(answers.flat()),
}
const zeros = answers.flat().filter((bit) => bit === 0).length / data.targets.length

/** The losses of all epochs with these layers at the end. */
function trained(...head: string[]): number[] {
  const network = networkOf(
    readSpec({
      input: [1, 16, 2],
      layers: [
        { type: 'fullyConnected', units: 512 },
        { type: 'batchNorm' },
        { type: 'relu' },
        { type: 'fullyConnected', units: 64 },
        { type: 'batchNorm' },
        ...head.map((type) => ({ type })),
      ],
    }),
  )
  const spec = trainingSchema.parse({
    optimizer: { type: 'adam', learningRate: 0.01 },
    batchSize: 64,
    epochs: 40,
  })
  const state = new Trainer(network, data, spec, wasmBackend()).run(freshState(network, spec), () => false)
  return state.history.map(({ loss }) => loss)
}

describe('64 bits made of 32', () => {
  it('a sigmoid behind a ReLU answers 0.5 at least, and its loss stays above a quarter of the zeros', () => {
    const losses = trained('relu', 'sigmoid')
    expect(Math.min(...losses)).toBeGreaterThanOrEqual(0.25 * zeros)
    expect(losses.at(-1)).toBeLessThan(0.25 * zeros + 0.05)
  })

  it.each(['sigmoid', 'tanh'])('a %s without it solves them', (head) => {
    expect(trained(head).at(-1)).toBeLessThan(0.02)
  })
})
