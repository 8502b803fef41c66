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

/** Written by least-squares.py. */
const scipy: {
  program: string
  x: number[]
  y: number[]
  start: number[]
  found: number[]
  sumOfSquares: number
} = JSON.parse(readFileSync(new URL('../fixtures/least-squares.json', import.meta.url), 'utf8'))

const circles = '1 1; 2 1; 2 2; 2 3; 2 4; 3 2; 3 3; 4 1; 4 2; 4 3'
const crosses = '1 2; 1 3; 1 4; 2 5; 3 4; 3 5; 4 4; 5 1; 5 2; 5 3'
const pointsOf = (text: string) => text.split('; ').map((point) => point.split(' ').map(Number))
const points = [...pointsOf(circles), ...pointsOf(crosses)]
const data: DataSet = {
  count: 20,
  inputShape: [2],
  targetShape: [2],
  inputs: Float64Array.from(points.flat()),
  targets: Float64Array.from(points.flatMap((_, i) => (i < 10 ? [1, 0] : [0, 1]))),
}

const hidden = (units: number, seed: number) =>
  networkOf(
    readSpec({
      input: [2],
      seed,
      layers: [
        { type: 'fullyConnected', units, init: 'xavier' },
        { type: 'tanh' },
        { type: 'fullyConnected', units: 2, init: 'xavier' },
      ],
    }),
  )
const damped = (more: object = {}) =>
  trainingSchema.parse({
    optimizer: { type: 'levenberg-marquardt' },
    loss: 'sum-squared-error',
    epochs: 200,
    batchSize: 'full',
    ...more,
  })

/** Of 20 points, how many come out right. */
function right(units: number, seed: number): number {
  const [network, spec] = [hidden(units, seed), damped()]
  const state = new Trainer(network, data, spec, backend).run(freshState(network, spec), () => false)
  return 20 * (state.history.at(-1)?.accuracy ?? 0)
}
const backend = wasmBackend()

describe('Levenberg and Marquardt on circles and crosses', () => {
  const seeds = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]

  it('3 units of tanh: 19 of 20 points, the median over seeds', () => {
    expect(median(seeds.map((seed) => right(3, seed)))).toBeGreaterThanOrEqual(19)
  })

  it('5 units: all of them', () => {
    expect(median(seeds.map((seed) => right(5, seed)))).toBe(20)
  })

  it('never raises the loss, and ends where nothing lowers it', () => {
    const [network, spec] = [hidden(3, 1), damped({ epochs: 60, precision: 'float64' })]
    const state = new Trainer(network, data, spec, referenceBackend).run(
      freshState(network, spec),
      () => false,
    )
    state.history.slice(1).forEach(({ loss }, i) => {
      expect(loss).toBeLessThanOrEqual(state.history[i]?.loss ?? 0)
    })
  })

  it('solves a linear problem in one step, as least squares do', () => {
    const network = networkOf(readSpec({ input: [2], layers: [{ type: 'fullyConnected', units: 1 }] }))
    const line = {
      ...data,
      targetShape: [1],
      targets: Float64Array.from(points, ([x = 0, y = 0]) => 3 * x - 2 * y + 1),
    }
    const spec = damped({ epochs: 4, precision: 'float64' })
    const state = new Trainer(network, line, spec, referenceBackend).run(
      freshState(network, spec),
      () => false,
    )
    expect([...(state.parameters[0] ?? []), ...(state.parameters[1] ?? [])]).toEqual([
      expect.closeTo(3, 6),
      expect.closeTo(-2, 6),
      expect.closeTo(1, 6),
    ])
    expect(state.history[2]?.loss).toBeLessThan(1e-6)
  })

  it(`finds the least squares of ${scipy.program}`, () => {
    const [a, b, c, d] = scipy.start
    const curve = networkOf(
      readSpec({
        input: [1],
        layers: [
          { type: 'fullyConnected', units: 1, weights: [b], biases: [c] },
          { type: 'tanh' },
          { type: 'fullyConnected', units: 1, weights: [a], biases: [d] },
        ],
      }),
    )
    const points = {
      ...{ count: scipy.x.length, inputShape: [1], targetShape: [1] },
      ...{ inputs: Float64Array.from(scipy.x), targets: Float64Array.from(scipy.y) },
    }
    const spec = damped({ epochs: 100, precision: 'float64' })
    const state = new Trainer(curve, points, spec, referenceBackend).run(freshState(curve, spec), () => false)
    const found = state.parameters.flatMap((values) => [...values])
    const [fa, fb, fc, fd] = scipy.found
    expect(found).toEqual([fb, fc, fa, fd].map((value) => expect.closeTo(value ?? Number.NaN, 6)))
    expect(state.history.at(-1)?.loss).toBeCloseTo(scipy.sumOfSquares, 10)
  })

  it('goes on from a state as if it had not paused, damping and all', () => {
    const [network, spec] = [hidden(3, 2), damped({ epochs: 20 })]
    const whole = new Trainer(network, data, spec, backend).run(freshState(network, spec), () => false)
    const half = new Trainer(network, data, spec, backend).run(
      freshState(network, spec),
      ({ step }) => step === 9,
    )
    const rest = new Trainer(network, data, spec, backend).run(structuredClone(half), () => false)
    expect(rest.history.map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss))
    expect(rest.parameters).toEqual(whole.parameters)
  })

  it.each([
    [{ loss: 'cross-entropy' }, hidden(3, 0), 'loss', /mse or sum-squared-error, got cross-entropy/],
    [{ batchSize: 5 }, hidden(3, 0), 'batchSize', /expected full, got 5/],
    [{ clipNorm: 1 }, hidden(3, 0), 'clipNorm', /leave clipNorm out/],
    [{ schedule: { type: 'cosine' } }, hidden(3, 0), 'schedule', /leave the schedule out/],
    [{}, hidden(101, 0), 'optimizer.type', /at most 500 weights, got 507/],
    [
      {},
      networkOf(
        readSpec({ input: [2], layers: [{ type: 'fullyConnected', units: 2 }, { type: 'batchNorm' }] }),
      ),
      'optimizer.type',
      /dropout or batchNorm/,
    ],
  ])('refuses %j', (more, network, parameter, says) => {
    const make = () => new Trainer(network, data, damped(more), backend)
    expect(make).toThrow(says)
    expect(make).toThrow(expect.objectContaining({ name: 'NetworkError', kind: 'bad-data', parameter }))
  })
})
