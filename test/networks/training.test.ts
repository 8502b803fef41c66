import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import type { DataSet } from '../../src/networks/data.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

const { xor_numpy_seed0: xor } = JSON.parse(
  readFileSync(new URL('../fixtures/seeds.json', import.meta.url), 'utf8'),
)

const transposed = (rows: number[][]): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] ?? 0))

const data: DataSet = {
  count: 4,
  inputShape: [2],
  targetShape: [1],
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  targets: Float64Array.of(0, 1, 1, 0),
}

const network = networkOf(
  readSpec({
    input: [2],
    layers: [
      { type: 'fullyConnected', units: 30, bias: false, weights: transposed(xor.w1_init) },
      { type: 'relu' },
      { type: 'fullyConnected', units: 1, bias: false, weights: transposed(xor.w2_init) },
    ],
  }),
)

describe('XOR, as NumPy trains it', () => {
  it.each([
    ['float64', referenceBackend, 1e-6],
    ['float32', wasmBackend(), 1e-3],
  ] as const)('200 losses in %s', (precision, backend, bound) => {
    const spec = trainingSchema.parse({
      loss: 'sum-squared-error',
      optimizer: { type: 'sgd', learningRate: xor.lr },
      epochs: xor.steps,
      batchSize: 'full',
      precision,
    })
    const trainer = new Trainer(network, data, spec, backend)
    const state = trainer.run(freshState(network, spec), () => false)
    const worst = Math.max(
      ...state.losses.map((loss, i) => Math.abs(loss - xor.loss[i]) / Math.max(xor.loss[i], 1e-3)),
    )
    expect(state.losses).toHaveLength(200)
    expect(worst).toBeLessThan(bound)
    expect(state.ended).toBe('finished')
  })
})
