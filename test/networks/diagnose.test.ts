import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import type { DataSet } from '../../src/networks/data.ts'
import { type DiagnoseJob, runDiagnose } from '../../src/networks/diagnose.ts'
import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { gradientOptimizerSchema } from '../../src/networks/optimizer.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

const set = (inputs: number[][], targets: number[][]): DataSet => ({
  count: inputs.length,
  inputShape: [inputs[0]?.length ?? 0],
  targetShape: [targets[0]?.length ?? 0],
  inputs: Float64Array.from(inputs.flat()),
  targets: Float64Array.from(targets.flat()),
})

const diagnose = (spec: unknown, data: DataSet, asked: Partial<DiagnoseJob> = {}) => {
  const network = networkOf(readSpec(spec))
  return runDiagnose(asked.precision === 'float32' ? wasmBackend() : referenceBackend, {
    spec: network.spec,
    parameters: initialParameters(network),
    data,
    loss: 'mse',
    optimizer: gradientOptimizerSchema.parse({ type: 'sgd', learningRate: 0.01 }),
    precision: 'float64',
    epsilon: 0.001,
    ...asked,
  })
}

const full = (units: number, weights: number[], biases?: number[]) => ({
  type: 'fullyConnected',
  units,
  weights,
  ...(biases ? { biases } : { bias: false }),
})

describe('a diagnosis', () => {
  it.each(['float64', 'float32'] as const)('of a small net, as reckoned by hand, in %s', (precision) => {
    const { samples, loss, layers } = diagnose(
      { input: [1], layers: [full(3, [1, -1, -1], [0, 0, -10]), { type: 'relu' }, full(1, [1, 2, 3])] },
      set([[-1], [1], [3]], [[0], [0], [0]]),
      { precision },
    )
    // relu: (0,1,0), (1,0,0), (3,0,0); y: 2, 1, 3
    expect(samples).toBe(3)
    expect(loss).toBeCloseTo(14 / 3, 5)
    const [, relu, last] = layers
    expect(relu).toMatchObject({ units: 3, min: 0, max: 3, dead: [2], saturated: (100 * 6) / 9 })
    expect(relu?.mean).toBeCloseTo(5 / 9, 12)
    expect(relu?.std).toBeCloseTo(Math.sqrt(11 / 9 - (5 / 9) ** 2), 12)
    expect(relu?.zeros).toBeCloseTo((100 * 6) / 9, 12)
    expect(relu?.histogram.counts[0]).toBe(6)
    expect(relu?.histogram.counts.at(-1)).toBe(1)
    expect(relu?.verdicts).toEqual([
      '1 of 3 units of relu_1 are dead: no sample gives them more than 0, and no gradient passes them',
    ])
    // ∂L/∂y = 2y/3
    expect(last?.gradientNorm).toBeCloseTo((2 * Math.sqrt(14)) / 3, 5)
    // ∂L/∂w = Σ 2y/3 · relu = (20/3, 4/3, 0)
    expect(last?.parameters[0]?.gradientNorm).toBeCloseTo(Math.hypot(20 / 3, 4 / 3), 5)
    expect(last?.parameters[0]?.updateRatio).toBeCloseTo(
      (0.01 * Math.hypot(20 / 3, 4 / 3)) / Math.sqrt(14),
      6,
    )
  })

  it('is the same in batches', () => {
    const inputs = Array.from({ length: 700 }, (_, i) => [Math.sin(i), Math.cos(3 * i)])
    const data = set(
      inputs,
      inputs.map(([a = 0, b = 0]) => [a * b]),
    )
    const spec = {
      input: [2],
      seed: 3,
      layers: [{ type: 'fullyConnected', units: 4 }, { type: 'tanh' }, { type: 'fullyConnected', units: 1 }],
    }
    const whole = diagnose(spec, data)
    const twice = diagnose(
      spec,
      set(
        [...inputs, ...inputs],
        [...data.targets, ...data.targets].map((t) => [t]),
      ),
    )
    expect(twice.loss).toBeCloseTo(whole.loss, 12)
    twice.layers.forEach((layer, i) => {
      expect(layer.std).toBeCloseTo(whole.layers[i]?.std ?? Number.NaN, 12)
      layer.parameters.forEach(({ gradientNorm }, p) => {
        expect(gradientNorm).toBeCloseTo(whole.layers[i]?.parameters[p]?.gradientNorm ?? Number.NaN, 12)
      })
    })
  })

  it('names saturation, leaps and targets out of reach', () => {
    const { layers, verdicts } = diagnose(
      {
        input: [1],
        layers: [
          full(2, [100, -100]),
          { type: 'sigmoid' },
          full(1, [1, 1]),
          { type: 'relu' },
          { type: 'sigmoid' },
        ],
      },
      set([[1], [2]], [[0], [1]]),
      { optimizer: gradientOptimizerSchema.parse({ type: 'sgd', learningRate: 100 }) },
    )
    expect(layers[1]).toMatchObject({ saturated: 100, dead: [] })
    expect(verdicts).toEqual(
      expect.arrayContaining([
        'sigmoid_1 is saturated: at 100 % of its outputs |f′| is below 0.001, and hardly any gradient passes',
        expect.stringMatching(/^one step changes fullyConnected_2\.weight by .* smaller learning rate/),
        expect.stringMatching(/^relu_1 before sigmoid_2 gives outputs in \[0\.5, 1\)/),
      ]),
    )
  })

  it.each([
    ['vanish', 0.01],
    ['explode', 100],
  ])('says when gradients %s', (what, weight) => {
    const layers = Array.from({ length: 6 }, () => full(1, [weight]))
    expect(diagnose({ input: [1], layers }, set([[1]], [[10]])).verdicts[0]).toMatch(
      new RegExp(`^gradients ${what}: the gradient at fullyConnected_1 is .* times that at fullyConnected_6`),
    )
  })

  it('says once what several parameters lack', () =>
    expect(
      diagnose(
        { input: [1], layers: [full(1, [1], [-9]), { type: 'relu' }, full(1, [1])] },
        set([[1]], [[1]]),
      ).verdicts,
    ).toEqual([
      '1 of 1 units of relu_1 are dead: no sample gives them more than 0, and no gradient passes them',
      'no gradient reaches fullyConnected_1.weight, fullyConnected_1.bias, fullyConnected_2.weight: they do not learn',
    ]))

  it('finds the first layer that gives infinity, and the sample', () => {
    const { firstNotFinite, verdicts, layers } = diagnose(
      { input: [1], layers: [full(1, [1e200]), { type: 'relu' }, full(1, [1e200]), full(1, [1])] },
      set([[0], [1]], [[0], [0]]),
    )
    expect(firstNotFinite).toEqual({ layer: 'fullyConnected_2', sample: 1, value: Number.POSITIVE_INFINITY })
    expect(verdicts[0]).toBe(
      'fullyConnected_2 is the first layer that gives Infinity: look at its weights and at what comes in',
    )
    expect(layers[1]?.notFinite).toBeUndefined()
  })

  it.each([
    [set([], []), 'inputs', /at least one/],
    [set([[1, 2]], [[1]]), 'inputs', /\[1\], got \[2\]/],
    [set([[1]], [[1, 2]]), 'targets', /\[1\], got \[2\]/],
    [set([[Number.NaN]], [[1]]), 'inputs', /finite/],
  ])('refuses what does not fit: %j', (data, parameter, says) => {
    const asking = () => diagnose({ input: [1], layers: [full(1, [1])] }, data)
    expect(asking).toThrow(says)
    expect(asking).toThrow(expect.objectContaining({ kind: 'bad-data', parameter }))
  })
})
