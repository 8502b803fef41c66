import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { runChunk, trainerOf } from '../../src/networks/chunk.ts'
import { type DataSet, split } from '../../src/networks/data.ts'
import { networkOf, type Parameters } from '../../src/networks/network.ts'
import type { EpochRecord } from '../../src/networks/records.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { type TrainingSpec, trainingSchema } from '../../src/networks/training.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'
import { numpyXor, xorData, xorSpec } from '../helpers/xor.ts'

const network = networkOf(readSpec(xorSpec()))

describe('XOR, as NumPy trains it', () => {
  it.each([
    ['float64', referenceBackend, 1e-6],
    ['float32', wasmBackend(), 1e-3],
  ] as const)('200 losses in %s', (precision, backend, bound) => {
    const spec = trainingSchema.parse({
      loss: 'sum-squared-error',
      optimizer: { type: 'sgd', learningRate: numpyXor.lr },
      epochs: numpyXor.steps,
      batchSize: 'full',
      precision,
    })
    const trainer = new Trainer(network, xorData, spec, backend)
    const state = trainer.run(freshState(network, spec), () => false)
    const worst = Math.max(
      ...state.history.map(
        ({ loss }, i) => Math.abs(loss - numpyXor.loss[i]) / Math.max(numpyXor.loss[i], 1e-3),
      ),
    )
    expect(state.history).toHaveLength(200)
    expect(worst).toBeLessThan(bound)
    expect(state.ended).toBe('finished')
  })
})

const adam = (precision: 'float32' | 'float64') =>
  trainingSchema.parse({
    loss: 'mse',
    optimizer: { type: 'adam', learningRate: 0.01 },
    epochs: 6,
    batchSize: 3,
    validation: 0.25,
    seed: 5,
    precision,
  })

const dropping = networkOf(
  readSpec({
    input: [2],
    layers: [
      { type: 'fullyConnected', units: 8 },
      { type: 'batchNorm' },
      { type: 'tanh' },
      { type: 'dropout', rate: 0.3 },
      { type: 'fullyConnected', units: 1 },
    ],
  }),
)

describe('a training', () => {
  it.each(['float32', 'float64'] as const)(
    'pauses after any steps, and ends with the same bits: %s',
    (precision) => {
      const backend = precision === 'float64' ? referenceBackend : wasmBackend()
      const spec = adam(precision)
      const samples = tile(xorData, 4)
      const whole = new Trainer(dropping, samples, spec, backend).run(freshState(dropping, spec), () => false)
      for (const steps of [1, 2, 5]) {
        let state = freshState(dropping, spec)
        while (state.ended === undefined) {
          let left = steps
          const trainer = new Trainer(dropping, samples, spec, backend)
          state = structuredClone(trainer.run(state, () => --left === 0))
        }
        expect(state.parameters).toEqual(whole.parameters)
        expect(state.history.map(withoutSpeed)).toEqual(whole.history.map(withoutSpeed))
        expect(state.diagnostics).toEqual(whole.diagnostics)
        expect(state.best).toEqual(whole.best)
      }
    },
  )

  it('leaves the state that it goes on from as it is', () => {
    const spec = adam('float64')
    const from = freshState(dropping, spec)
    const before = structuredClone(from)
    new Trainer(dropping, xorData, spec, referenceBackend).run(from, () => false)
    expect(from).toEqual(before)
  })

  it.each([
    [
      'large weights',
      1e200,
      1e200,
      /first layer without finite numbers is hidden: take a smaller learning rate/,
    ],
    ['large inputs', 1e200, 1, /every layer is finite, the loss itself is not/],
  ])('stops where the numbers are not finite, and says where: %s', (_, input, weight, says) => {
    const network = networkOf(
      readSpec({
        input: [2],
        layers: [
          { type: 'relu' },
          { type: 'fullyConnected', name: 'hidden', units: 1, weights: [[weight, weight]] },
          { type: 'tanh' },
          { type: 'concat', with: 'relu_1' },
        ],
      }),
    )
    const spec = trainingSchema.parse({ batchSize: 'full', precision: 'float64' })
    const one = {
      ...xorData,
      count: 1,
      targetShape: [3],
      inputs: Float64Array.of(input, input),
      targets: new Float64Array(3),
    }
    const train = () =>
      new Trainer(network, one, spec, referenceBackend).run(freshState(network, spec), () => false)
    expect(train).toThrow(says)
    expect(train).toThrow(/the loss is Infinity at step 1 \(epoch 1\)/)
  })

  it.each([
    ['the last step overflows', 1, 1e3, 1e200],
    ['a step in the middle does', 3, 1e3, 1e200],
  ])('takes back a step after which weights are not finite: %s', (_, epochs, learningRate, large) => {
    const spec = trainingSchema.parse({
      ...{ batchSize: 'full', precision: 'float64', epochs },
      optimizer: { type: 'sgd', learningRate },
    })
    const linear = networkOf(
      readSpec({ input: [2], layers: [{ type: 'fullyConnected', units: 1, weights: [0, 0] }] }),
    )
    const steep = { ...xorData, inputs: xorData.inputs.map((x) => x * large) }
    const targets = xorData.targets.map((t) => t * 1e150)
    const setup = { network: linear.spec, data: { ...steep, targets }, spec }
    const { state, verdict } = runChunk(
      trainerOf(setup, referenceBackend),
      freshState(linear, spec),
      () => false,
    )
    expect(verdict).toMatch(/^fullyConnected_1\.weight is not finite after step 1 \(epoch 1\)/)
    expect([...state.parameters.flatMap((values) => [...values])]).toEqual([0, 0, 0])
  })
})

describe('the best weights', () => {
  const lossOf = (spec: TrainingSpec, parameters: Parameters) => {
    const once = { ...spec, epochs: 1 }
    const trainer = new Trainer(network, xorData, once, referenceBackend)
    trainer.run(freshState(network, once, parameters), () => false)
    return trainer.loss
  }
  const restless = (more: object = {}) =>
    trainingSchema.parse({
      ...{ loss: 'sum-squared-error', batchSize: 'full', epochs: 40, precision: 'float64' },
      optimizer: { type: 'sgd', learningRate: 0.045 },
      ...more,
    })

  it('are those that had the best loss, though the next step made them worse', () => {
    const spec = restless()
    const { best, history } = new Trainer(network, xorData, spec, referenceBackend).run(
      freshState(network, spec),
      () => false,
    )
    expect(best?.loss).toBe(Math.min(...history.map(({ loss }) => loss)))
    expect(lossOf(spec, best?.parameters ?? [])).toBe(best?.loss)
  })

  it('are none where no loss is finite', () => {
    const spec = trainingSchema.parse({ ...restless({ epochs: 3, validation: 0.25 }), loss: 'mse' })
    const far = { ...xorData, inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1e200, 1e200) }
    const worst = [0, 1, 2, 3, 4].find((seed) => split(far, 0.25, seed).validation[0] === 3) ?? 0
    const { best, history } = new Trainer(network, far, { ...spec, seed: worst }, referenceBackend).run(
      freshState(network, spec),
      () => false,
    )
    expect(split(far, 0.25, worst).validation).toEqual(Uint32Array.of(3))
    expect(history.map(({ validationLoss }) => validationLoss)).toEqual([null, null, null])
    expect(best).toBeUndefined()
  })

  it('are forgotten with a training that diverged, if they were on their way there', () => {
    const linear = networkOf(
      readSpec({ input: [2], layers: [{ type: 'fullyConnected', units: 1, weights: [1, 1] }] }),
    )
    const optimizer = { type: 'sgd', learningRate: 3 }
    const spec = restless({ ...{ batchSize: 2, shuffle: false, epochs: 1000 }, optimizer })
    const setup = { network: linear.spec, data: xorData, spec }
    const { state, verdict } = runChunk(
      trainerOf(setup, referenceBackend),
      freshState(linear, spec),
      () => false,
    )
    expect(verdict).toMatch(/take a smaller learning rate/)
    expect(state.history.length).toBeGreaterThan(0)
    expect(state.best).toBeUndefined()
  })
})

/** What a record says but for how long it took. */
const withoutSpeed = ({ samplesPerSecond: _, ...rest }: EpochRecord) => rest

/** The same samples several times, each a little aside. */
function tile(of: DataSet, times: number): DataSet {
  const repeated = (numbers: ArrayLike<number>, step: number) =>
    Float64Array.from(
      { length: numbers.length * times },
      (_, i) => (numbers[i % numbers.length] ?? 0) + step * Math.floor(i / numbers.length),
    )
  return {
    ...of,
    count: of.count * times,
    inputs: repeated(of.inputs, 0.01),
    targets: repeated(of.targets, 0),
  }
}
