import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Backend } from '../../src/core/backend.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

interface Case {
  optimizer: { type: string }
  schedule: { type: string }
  losses: number[]
}
interface Fixture {
  program: string
  inputs: number[]
  labels: number[]
  weights: { hidden: number[][]; hiddenBias: number[]; output: number[][]; outputBias: number[] }
  batchSize: number
  epochs: number
  cases: Case[]
}

/** Written by optimizers.py. */
const torch: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
)

const { hidden, hiddenBias, output, outputBias } = torch.weights
const network = networkOf(
  readSpec({
    input: [4],
    layers: [
      { type: 'fullyConnected', units: 6, weights: hidden, biases: hiddenBias },
      { type: 'tanh' },
      { type: 'fullyConnected', units: 3, weights: output, biases: outputBias },
    ],
  }),
)
const data = {
  count: torch.labels.length,
  inputShape: [4],
  targetShape: [3],
  inputs: Float64Array.from(torch.inputs),
  targets: Float64Array.from(torch.labels.flatMap((label) => [0, 1, 2].map((i) => Number(i === label)))),
}

function losses({ optimizer, schedule }: Case, precision: string, backend: Backend): readonly number[] {
  const spec = trainingSchema.parse({
    loss: 'cross-entropy',
    optimizer,
    schedule,
    epochs: torch.epochs,
    batchSize: torch.batchSize,
    shuffle: false,
    precision,
  })
  const trainer = new Trainer(network, data, spec, backend)
  const found: number[] = []
  trainer.run(freshState(network, spec), () => {
    found.push(trainer.loss)
    return false
  })
  return found
}

const named = torch.cases.map((row) => {
  const { type, ...schedule } = row.schedule
  return [`${JSON.stringify(row.optimizer)} ${type} ${JSON.stringify(schedule)}`, row] as const
})

describe(`50 losses of ${torch.program}`, () => {
  const wasm = wasmBackend()

  it.each(named)('%s', (_, row) => {
    const worst = (found: readonly number[]) =>
      Math.max(...found.map((loss, i) => Math.abs(loss - (row.losses[i] ?? Number.NaN))))
    expect(row.losses).toHaveLength(50)
    expect(worst(losses(row, 'float64', referenceBackend))).toBeLessThan(1e-9)
    expect(worst(losses(row, 'float32', wasm))).toBeLessThan(1e-4)
  })
})
