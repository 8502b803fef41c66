import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { MOST_DRAWN, runTraceMaps } from '../../src/networks/trace-maps.ts'
import { tracePlotOf } from '../../src/plugins/trace-pictures.ts'
import { stored } from '../helpers/networks.ts'

const plot = (
  json: { readonly input: readonly number[]; readonly layers: readonly object[] },
  {
    input,
    target,
    loss = 'mse',
    labels,
  }: { input: readonly number[]; target: readonly number[]; loss?: string; labels?: readonly string[] },
) => {
  const network = { ...stored('net', json), labels }
  const { spec, parameters } = network
  const result = runTraceMaps(referenceBackend, {
    ...{ spec, parameters, loss, precision: 'float64' },
    input: tensor([1, ...json.input], input),
    target: tensor([1, target.length], target),
  })
  return tracePlotOf(network, result)
}

const twoClasses = {
  input: [2],
  layers: [{ type: 'relu' }, { type: 'fullyConnected', units: 2, weights: [1, 0, 0, 1], bias: false }],
}

describe('what the picture of a trace says', () => {
  it('is the loss, target and prediction, and each layer in numbers', () => {
    const { title, facts, rows } = plot(twoClasses, { input: [-3, 1], target: [0, 1], loss: 'cross-entropy' })
    expect(title).toBe('net: one sample forward and backward')
    expect(facts).toEqual([
      'Loss cross-entropy: L = mean over samples of −Σ t·log softmax(y) = 0.313',
      'Target: class 1. Prediction: class 1, output 1, probability 73.1 %.',
    ])
    expect(rows).toMatchObject([
      { title: 'input', facts: '2', formula: undefined, labels: undefined },
      {
        title: 'relu_1',
        facts: 'relu, 2',
        formula: 'y = max(0, x)',
        numbers: [
          ['mean', '0.5'],
          ['std', '0.5'],
          ['min', '0'],
          ['max', '1'],
          ['zero', '50 %'],
          ['‖∂L/∂y‖', '0.38'],
        ],
        labels: undefined,
      },
      { title: 'fullyConnected_1', labels: ['0', '1'] },
    ])
  })

  it('has the names of the classes', () => {
    const { facts, rows } = plot(twoClasses, { input: [3, 1], target: [0, 1], labels: ['circle', 'cross'] })
    expect(facts[1]).toBe('Target: cross. Prediction: circle, output 3.')
    expect(rows.at(-1)).toMatchObject({ labels: ['circle', 'cross'] })
  })

  it('has numbers where there are no classes', () => {
    const two = plot(twoClasses, { input: [3, 1], target: [0.5, -2] })
    expect(two.facts[1]).toBe('Target: 0.5, −2. Prediction: 3, 1.')
    expect(two.rows.at(-1)).toMatchObject({ labels: undefined })
    const many = plot(
      { input: [6], layers: [{ type: 'relu' }] },
      { input: [0, 0, 3, 0, 0, 4], target: [0, 0, 0, 0, 0, 0] },
    )
    expect(many.facts[1]).toBe('Target: 6 numbers. Prediction: ‖y − t‖ = 5, largest |y − t| = 4.')
    const one = plot(
      { input: [1], layers: [{ type: 'relu' }] },
      { input: [2], target: [1], loss: 'binary-cross-entropy' },
    )
    expect(one.facts[1]).toBe('Target: 1. Prediction: 2, probability 88.1 %.')
  })

  it('writes only letters that the font has', () => {
    const { rows } = plot(
      { input: [1, 4, 4], layers: [{ type: 'conv2d', filters: 1, kernel: 3 }, { type: 'flatten' }] },
      { input: new Array(16).fill(1), target: [1, 1, 1, 1] },
    )
    expect(rows[1]).toMatchObject({
      facts: 'conv2d, 1 × 2 × 2',
      formula: 'y[m] = b[m] + Σ w[m,c] ★ x[c]',
    })
  })

  it('says which layers it leaves out', () => {
    const deep = (count: number) =>
      plot(
        { input: [1], layers: Array.from({ length: count }, () => ({ type: 'tanh' })) },
        { input: [1], target: [0] },
      ).rows
    const half = MOST_DRAWN / 2
    expect(deep(200)[half + 1]).toBe(
      `${200 - MOST_DRAWN} of 200 layers are left out: tanh_${half + 1} to tanh_${200 - half}.`,
    )
    expect(deep(200)).toHaveLength(MOST_DRAWN + 2)
    expect(deep(MOST_DRAWN + 1)[half + 1]).toBe(
      `1 of ${MOST_DRAWN + 1} layers is left out: tanh_${half + 1}.`,
    )
    expect(deep(MOST_DRAWN).every((row) => typeof row !== 'string')).toBe(true)
  })

  it('has no numbers where none is finite', () => {
    const { facts, rows } = plot(
      { input: [1], layers: [{ type: 'fullyConnected', units: 2, bias: false, weights: [1e308, -1e308] }] },
      { input: [1e308], target: [1, 0] },
    )
    expect(facts).toEqual([
      'Loss mse: L = mean (y − t)² = ∞',
      'Target: class 0. Prediction: none, its outputs are not finite.',
    ])
    expect(rows[1]).toMatchObject({
      numbers: [
        ['mean', '–'],
        ['std', '–'],
        ['min', '–'],
        ['max', '–'],
        ['zero', '–'],
        ['‖∂L/∂y‖', '–'],
      ],
    })
  })
})
