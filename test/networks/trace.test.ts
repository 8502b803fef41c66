import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { gradientOptimizerSchema } from '../../src/networks/optimizer.ts'
import { runTrace, type TraceJob } from '../../src/networks/trace.ts'
import { type Asked, backendOf, byHand, sample, tracedSample } from '../helpers/by-hand.ts'
import { numpyXor, transposed, xorSpec } from '../helpers/xor.ts'

const trace = (spec: unknown, asked: Asked & Partial<TraceJob>) => {
  const traced = tracedSample(spec, asked)
  return runTrace(backendOf(traced), {
    optimizer: gradientOptimizerSchema.parse({ type: 'sgd', learningRate: 0.1 }),
    most: 64,
    ...asked,
    ...traced,
  })
}

const numbers = (data: ArrayLike<number> | undefined) => Array.from(data ?? [])

describe('a trace', () => {
  it.each(['float64', 'float32'] as const)(
    'shows each step forward and backward, as reckoned by hand, in %s',
    (precision) => {
      const { loss, output, layers } = trace(byHand, { ...sample, precision })
      // z = (3.5, −1), relu (3.5, 0), y = 7, L = (7 − 4)² = 9, ∂L/∂y = 6
      expect(loss).toMatchObject({ id: 'sum-squared-error', formula: 'L = Σ (y − t)²', value: 9 })
      expect(numbers(output.data)).toEqual([7])
      const [first, relu, last] = layers
      expect(layers.map(({ name }) => name)).toEqual(['fullyConnected_1', 'relu_1', 'fullyConnected_2'])
      expect(numbers(first?.output.data)).toEqual([3.5, -1])
      expect(numbers(relu?.output.data)).toEqual([3.5, 0])
      expect(numbers(relu?.local?.data)).toEqual([1, 0])
      expect(relu).toMatchObject({ formula: 'y = max(0, x)', derivative: '∂y/∂x = 1 where x > 0, else 0' })
      expect(numbers(last?.incoming.data)).toEqual([6])
      expect(numbers(last?.outgoing.data)).toEqual([12, 30])
      expect(numbers(relu?.incoming.data)).toEqual([12, 30])
      expect(numbers(relu?.outgoing.data)).toEqual([12, 0])
      expect(numbers(first?.outgoing.data)).toEqual([12, 24])
      expect(first?.parameters.map(({ name }) => name)).toEqual([
        'fullyConnected_1.weight',
        'fullyConnected_1.bias',
      ])
      expect(first?.parameters.map(({ gradient }) => numbers(gradient.data))).toEqual([
        [12, 12, 0, 0],
        [12, 0],
      ])
      const updates = numbers(last?.parameters[0]?.update.data)
      // −0.1 · 6 · (3.5, 0)
      expect(updates[0]).toBeCloseTo(-2.1, 12)
      expect(updates[1]).toBe(0)
    },
  )

  it('adds up to the gradients of XOR that NumPy has', () => {
    const spec = xorSpec()
    const sum = new Float64Array(60)
    for (const [a, b, t] of [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ]) {
      const { layers } = trace(spec, {
        input: tensor([1, 2], [a ?? 0, b ?? 0]),
        target: tensor([1, 1], [t ?? 0]),
      })
      numbers(layers[0]?.parameters[0]?.gradient.data).forEach((value, i) => {
        sum[i] = (sum[i] ?? 0) + value
      })
    }
    transposed(numpyXor.step0.grad_w1)
      .flat()
      .forEach((wanted, i) => {
        expect(sum[i]).toBeCloseTo(wanted, 10)
      })
  })

  it('is a summary where there are many numbers', () => {
    const { layers } = trace(
      { input: [1, 10, 10], layers: [{ type: 'relu' }, { type: 'globalAvgPool' }] },
      {
        input: tensor(
          [1, 1, 10, 10],
          Float64Array.from({ length: 100 }, (_, i) => i - 49),
        ),
        target: tensor([1, 1], [0]),
      },
    )
    // 1 … 50 and fifty times 0; the std is that of Python
    expect(layers[0]?.output).toMatchObject({ shape: [1, 1, 10, 10], data: undefined })
    expect(layers[0]?.output.summary).toMatchObject({ count: 100, min: 0, max: 50, mean: 12.75, zeros: 50 })
    expect(layers[0]?.output.summary.std).toBeCloseTo(16.330569494050106, 12)
    expect(layers[0]?.output.summary.norm).toBeCloseTo(Math.sqrt(42925), 12)
    expect(numbers(layers[1]?.output.data)).toEqual([12.75])
  })

  it('of a network that joins earlier layers sums what all readers send back', () => {
    const { layers } = trace(
      { input: [1], layers: [{ type: 'relu', name: 'a' }, { type: 'tanh' }, { type: 'add', with: 'a' }] },
      { input: tensor([1, 1], [0.5]), target: tensor([1, 1], [0]) },
    )
    const y = 0.5 + Math.tanh(0.5)
    expect(layers[0]?.incoming.data?.[0]).toBeCloseTo(2 * y * (1 + 1 - Math.tanh(0.5) ** 2), 12)
  })

  it.each([
    [{ input: tensor([2, 2], [1, 1, 1, 1]) }, 'input', /one sample/],
    [{ input: tensor([1, 3], [1, 1, 1]) }, 'input', /\[2\], got \[3\]/],
    [{ target: tensor([1, 2], [1, 0]) }, 'target', /\[1\], got \[2\]/],
    [{ target: tensor([1, 1], [Number.NaN]) }, 'target', /finite/],
    [{ loss: 'hinge' }, 'loss', /there is no loss "hinge": take one of mse/],
  ])('refuses what does not fit: %j', (bad, parameter, says) => {
    const asking = () => trace(byHand, { ...sample, ...bad })
    expect(asking).toThrow(says)
    expect(asking).toThrow(expect.objectContaining({ kind: 'bad-data', parameter }))
  })
})
