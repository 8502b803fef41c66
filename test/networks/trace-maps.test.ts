import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { drawnLayers, levelsOf, MOST_DRAWN, runTraceMaps } from '../../src/networks/trace-maps.ts'
import { type Asked, backendOf, byHand, sample, tracedSample } from '../helpers/by-hand.ts'

const trace = (spec: unknown, asked: Asked) => {
  const traced = tracedSample(spec, asked)
  return runTraceMaps(backendOf(traced), traced)
}

/** A network whose outputs are all 0, as many as there are targets. */
const zeros = (targets: readonly number[], rest: readonly object[] = []) => ({
  input: [1],
  layers: [
    { type: 'fullyConnected', units: targets.length, bias: false, weights: targets.map(() => 0) },
    ...rest,
  ],
})

describe('what is drawn of a trace', () => {
  it.each(['float64', 'float32'] as const)(
    'is the values and gradients reckoned by hand, in %s',
    (precision) => {
      const { input, layers, loss, aim, leftOut } = trace(byHand, { ...sample, precision })
      expect(layers.map(({ name, values, gradient }) => [name, values.numbers, gradient.numbers])).toEqual([
        ['fullyConnected_1', [3.5, -1], [12, 0]],
        ['relu_1', [3.5, 0], [12, 30]],
        ['fullyConnected_2', [7], [6]],
      ])
      expect([input.values.numbers, input.gradient.numbers]).toEqual([
        [1, 1],
        [12, 24],
      ])
      expect(layers[1]).toMatchObject({
        type: 'relu',
        formula: 'y = max(0, x)',
        shape: [2],
        summary: { min: 0, max: 3.5, zeros: 50 },
        values: { low: 0, high: 3.5 },
        gradient: { low: -30, high: 30 },
      })
      expect(layers[1]?.gradientSummary.norm).toBeCloseTo(Math.hypot(12, 30), 5)
      expect(loss.value).toBe(9)
      expect(aim).toEqual({ kind: 'numbers', target: [4], output: [7], probability: undefined })
      expect(leftOut).toBeUndefined()
    },
  )

  it('leaves out layers in the middle of many, and names them', () => {
    const deep = { input: [2], layers: Array.from({ length: 200 }, () => ({ type: 'tanh' })) }
    const result = trace(deep, { ...sample, target: tensor([1, 2], [0, 0]) })
    const half = MOST_DRAWN / 2
    expect(result.layers.map(({ name }) => name)).toEqual(
      [...Array(half).keys(), ...Array.from({ length: half }, (_, i) => 200 - half + i)].map(
        (i) => `tanh_${i + 1}`,
      ),
    )
    expect(result.leftOut).toEqual({
      after: half,
      count: 200 - MOST_DRAWN,
      all: 200,
      first: `tanh_${half + 1}`,
      last: `tanh_${200 - half}`,
    })
    expect(drawnLayers(MOST_DRAWN)).toHaveLength(MOST_DRAWN)
  })

  it('is no larger than the picture', () => {
    const { layers, ...result } = trace(
      {
        input: [3, 256, 256],
        layers: [{ type: 'conv2d', filters: 32, kernel: 1 }, { type: 'globalAvgPool' }],
      },
      {
        input: tensor([1, 3, 256, 256], new Float64Array(3 * 256 * 256).fill(1)),
        target: tensor([1, 32], new Float64Array(32)),
        precision: 'float32',
      },
    )
    const sent = levelsOf({ layers, ...result })
    expect(sent.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(2 * 4 * 600 * 272)
    expect(new Set(sent.map(({ buffer }) => buffer)).size).toBe(sent.length)
    expect(layers[0]?.values).toMatchObject({ more: 16, shrunk: true, count: 32 * 256 * 256 })
  })

  it.each([
    ['classes of logits', 'cross-entropy', [0, 0, 1], [], { index: 0, output: 0, probability: 1 / 3 }],
    ['classes of values', 'mse', [1, 0], [], { index: 0, output: 0, probability: undefined }],
    [
      'classes after a softmax',
      'cross-entropy',
      [1, 0],
      [{ type: 'softmax' }],
      { index: 0, output: 0.5, probability: undefined },
    ],
  ] as const)('says what was aimed at: %s', (_, loss, target, rest, predicted) => {
    const { aim } = trace(zeros(target, rest), {
      input: tensor([1, 1], [1]),
      target: tensor([1, target.length], target),
      loss,
    })
    expect(aim).toEqual({ kind: 'class', target: [...target].indexOf(1), predicted })
  })

  it.each([
    ['a logit', 'binary-cross-entropy', [1], { kind: 'numbers', target: [1], output: [0], probability: 0.5 }],
    [
      'nothing but zeros',
      'mse',
      [0, 0],
      { kind: 'numbers', target: [0, 0], output: [0, 0], probability: undefined },
    ],
    ['many numbers', 'mse', [0, 3, 0, 4, 0], { kind: 'many', count: 5, largest: 4, distance: 5 }],
  ] as const)('says what was aimed at: %s', (_, loss, target, aim) => {
    const traced = trace(zeros(target), {
      input: tensor([1, 1], [1]),
      target: tensor([1, target.length], target),
      loss,
    })
    expect(traced.aim).toEqual(aim)
  })

  it('has no prediction of outputs that are not finite', () => {
    const { aim, loss, layers } = trace(
      { input: [1], layers: [{ type: 'fullyConnected', units: 2, bias: false, weights: [1e308, 1] }] },
      { input: tensor([1, 1], [1e308]), target: tensor([1, 2], [1, 0]) },
    )
    expect(aim).toEqual({ kind: 'class', target: 0, predicted: undefined })
    expect(loss.value).toBe(Number.POSITIVE_INFINITY)
    expect(layers[0]?.values).toMatchObject({ notFinite: 1, low: 1e308, high: 1e308 })
  })

  it('refuses what does not fit', () => {
    expect(() => trace(byHand, { ...sample, input: tensor([1, 3], [1, 1, 1]) })).toThrow(/\[2\], got \[3\]/)
  })
})
