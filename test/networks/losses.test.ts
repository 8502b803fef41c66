import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Backend } from '../../src/core/backend.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import type { DataSet } from '../../src/networks/data.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

interface Case {
  training: { loss: string; labelSmoothing?: number; clipNorm?: number }
  targets: string
  losses: number[]
  whole: number
}
interface Fixture {
  program: string
  inputs: number[]
  targets: Record<string, number[][]>
  weights: { hidden: number[][]; hiddenBias: number[]; output: number[][]; outputBias: number[] }
  batchSize: number
  epochs: number
  learningRate: number
  cases: Case[]
}

/** Written by losses.py. */
const torch: Fixture = JSON.parse(readFileSync(new URL('../fixtures/losses.json', import.meta.url), 'utf8'))

const wasm = wasmBackend()

/** Each step's loss, and that of all samples with the last weights. */
function trained({ training, targets: which }: Case, precision: string, backend: Backend) {
  const { hidden, hiddenBias, output, outputBias } = torch.weights
  const targets = torch.targets[which] ?? []
  const units = targets[0]?.length ?? 0
  const last = { weights: output.slice(0, units), biases: outputBias.slice(0, units) }
  const network = networkOf(
    readSpec({
      input: [3],
      layers: [
        { type: 'fullyConnected', units: hidden.length, weights: hidden, biases: hiddenBias },
        { type: 'tanh' },
        { type: 'fullyConnected', units, ...last },
      ],
    }),
  )
  const data: DataSet = {
    count: targets.length,
    inputShape: [3],
    targetShape: [units],
    inputs: Float64Array.from(torch.inputs),
    targets: Float64Array.from(targets.flat()),
  }
  const { batchSize, epochs, learningRate } = torch
  const spec = trainingSchema.parse({
    ...{ ...training, epochs, batchSize, precision, shuffle: false },
    optimizer: { type: 'sgd', learningRate },
  })
  const trainer = new Trainer(network, data, spec, backend)
  const losses: number[] = []
  const { parameters } = trainer.run(freshState(network, spec), () => {
    losses.push(trainer.loss)
    return false
  })
  const once = trainingSchema.parse({ ...spec, batchSize: 'full', epochs: 1 })
  const { history } = new Trainer(network, data, once, backend).run(
    freshState(network, once, parameters),
    () => false,
  )
  return { losses, whole: history[0]?.loss ?? Number.NaN }
}

describe(`losses of ${torch.program}`, () => {
  it.each(torch.cases.map((row) => [JSON.stringify(row.training), row.targets, row] as const))(
    '%s of %s',
    (_, __, row) => {
      // PyTorch adds 1e-6 to the length of the gradients that it clips
      const exact = row.training.clipNorm === undefined ? 1e-9 : 1e-5
      for (const [precision, backend, bound] of [
        ['float64', referenceBackend, exact],
        ['float32', wasm, 1e-4],
      ] as const) {
        const { losses, whole } = trained(row, precision, backend)
        expect(losses).toHaveLength(21)
        losses.forEach((loss, i) => {
          const expected = row.losses[i] ?? Number.NaN
          expect(Math.abs(loss - expected) / Math.max(1, expected)).toBeLessThan(bound)
        })
        expect(Math.abs(whole - row.whole) / Math.max(1, row.whole)).toBeLessThan(bound)
      }
    },
  )
})

describe('the loss of many samples', () => {
  const count = 6000
  const network = networkOf(
    readSpec({ input: [1], layers: [{ type: 'fullyConnected', units: 2, weights: [0, 0] }] }),
  )
  const data: DataSet = {
    count,
    inputShape: [1],
    targetShape: [2],
    inputs: new Float32Array(count).fill(1),
    targets: Float32Array.from({ length: 2 * count }, (_, i) => i % 2),
  }

  // an output of 0 for targets 0 and 1; more samples than are evaluated together
  it.each([
    ['mse', 0.5, 0.5],
    ['sum-squared-error', 4500, 1500],
    ['binary-cross-entropy', Math.LN2, Math.LN2],
    ['cross-entropy', Math.LN2, Math.LN2],
  ])('%s is that of all together, whatever the batches', (loss, learnt, heldBack) => {
    for (const batchSize of ['full', 7]) {
      const optimizer = { type: 'sgd', learningRate: 1e-30 }
      const spec = trainingSchema.parse({ loss, batchSize, optimizer, epochs: 1, validation: 0.25 })
      const { history } = new Trainer(network, data, spec, wasm).run(freshState(network, spec), () => false)
      expect((history[0]?.loss ?? 0) / learnt).toBeCloseTo(1, 5)
      expect((history[0]?.validationLoss ?? 0) / heldBack).toBeCloseTo(1, 5)
    }
  })
})
