import { describe, expect, it } from 'vitest'
import { formatInterval } from '../../src/networks/interval.ts'
import { layerKinds } from '../../src/networks/layers/index.ts'
import { lossNamed } from '../../src/networks/loss.ts'
import { networkOf } from '../../src/networks/network.ts'
import { checkRange, outputRange } from '../../src/networks/range-check.ts'
import { readSpec } from '../../src/networks/spec.ts'

/** A fully connected layer with these after it. */
const ending = (...layers: (string | object)[]) =>
  networkOf(
    readSpec({
      input: [2],
      layers: [
        { type: 'fullyConnected', units: 2 },
        ...layers.map((layer) => (typeof layer === 'string' ? { type: layer } : layer)),
      ],
    }),
  )

const check = (layers: (string | object)[], loss: string, targets: number[]) => {
  return checkRange(ending(...layers), lossNamed(loss), {
    targets: Float64Array.from(targets),
    targetShape: [2],
  })
}

describe('the range of outputs', () => {
  it.each([
    [[], '(−∞, ∞)'],
    [['relu'], '[0, ∞)'],
    [['sigmoid'], '(0, 1)'],
    [['tanh'], '(-1, 1)'],
    [['softmax'], '(0, 1)'],
    [['relu', 'sigmoid'], '[0.5, 1)'],
    [['relu', 'tanh'], '[0, 1)'],
    [['leakyRelu', 'sigmoid'], '(0, 1)'],
    [[{ type: 'leakyRelu', slope: 0 }, 'sigmoid'], '[0.5, 1)'],
    [['prelu', 'tanh'], '(-1, 1)'],
    [['relu', 'dropout', 'sigmoid'], '[0.5, 1)'],
    [['sigmoid', 'sigmoid'], '(0.5, 0.7311)'],
    [['relu', 'batchNorm', 'sigmoid'], '(0, 1)'],
    [['sigmoid', { type: 'add', with: 'sigmoid_1' }], '(0, 2)'],
    [[{ type: 'tanh', name: 'a' }, 'relu', { type: 'concat', with: 'a' }], '(-1, 1)'],
  ])('of %j is %s', (layers, range) => {
    expect(formatInterval(outputRange(ending(...layers)))).toBe(range)
  })

  it('is known of every kind of layer', () => {
    for (const { range, derivative } of layerKinds.values()) {
      expect(range).toBeTypeOf('function')
      expect(derivative.formula).toMatch(/∂/)
    }
  })
})

describe('the range check', () => {
  it('says that ReLU before a sigmoid cannot reach 0: the floor of mse is 0.25·P(0)', () => {
    const { floor, problem } = check(['relu', 'sigmoid'], 'mse', [0, 1, 0, 1, 0, 1, 1, 1])
    expect(floor).toBe(0.25 * (3 / 8))
    expect(problem).toBe(
      'relu_1 before sigmoid_1 gives outputs in [0.5, 1), but 37.5 % of the targets are 0: the mse cannot go below 0.09375; leave out relu_1',
    )
  })

  it('says that ReLU before tanh cannot reach −1: the floor is P(−1)', () => {
    const { floor, problem } = check(['relu', 'tanh'], 'mse', [-1, 1, -1, 1])
    expect(floor).toBe(0.5)
    expect(problem).toMatch(/^relu_1 before tanh_1 gives outputs in \[0, 1\), but 50 % of the targets are -1/)
  })

  it('blames the layer that narrows, not one between', () =>
    expect(check(['relu', 'dropout', 'sigmoid'], 'mse', [0, 1]).problem).toMatch(/leave out relu_1$/))

  it('sums where the loss sums', () =>
    expect(check(['relu', 'sigmoid'], 'sum-squared-error', [0, 0, 0, 1]).floor).toBe(0.75))

  it.each([
    [['sigmoid'], 'mse', [0, 1]],
    [['tanh'], 'mse', [-1, 1]],
    [['relu', 'tanh'], 'mse', [0, 1]],
    [[], 'mse', [-100, 100]],
    [[], 'binary-cross-entropy', [0, 1]],
    [[], 'binary-cross-entropy', [0.2, 0.8]],
    [[], 'cross-entropy', [0, 1]],
    [['relu'], 'cross-entropy', [0, 1]],
  ])('has nothing to say of %j with %s and targets %j', (layers, loss, targets) => {
    expect(check(layers, loss, targets).problem).toBeUndefined()
  })

  it.each([
    // ½ log(1 + e⁰) + ½ (log(1 + e¹) − 1)
    [['sigmoid'], 'binary-cross-entropy', [0, 1], (Math.log(2) + Math.log(1 + Math.E) - 1) / 2],
    // log(1 + e⁻¹) of two classes
    [['softmax'], 'cross-entropy', [0, 1], Math.log(1 + Math.exp(-1))],
  ])('warns of %j before %s, which wants logits', (layers, loss, targets, floor) => {
    const result = check(layers, loss, targets)
    expect(result.floor).toBeCloseTo(floor, 12)
    expect(result.problem).toMatch(/wants logits, which have no limits.*leave out (sigmoid|softmax)_1/)
  })

  it('compares targets with entropy where they are no single class', () => {
    const { floor, problem } = check([], 'cross-entropy', [0.5, 0.5])
    expect(floor).toBeCloseTo(Math.log(2), 12)
    expect(problem).toBeUndefined()
  })

  it('says that a sigmoid cannot give 5', () =>
    expect(check(['sigmoid'], 'mse', [5, 0]).problem).toBe(
      'sigmoid_1 gives outputs in (0, 1), but 50 % of the targets are 5: the mse cannot go below 8; leave out sigmoid_1',
    ))
})
