import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Service, startService, stopService } from '../helpers/service.ts'
import { over, train, xor, xorLosses } from '../helpers/trainings.ts'
import { convGradient, xorSpec } from '../helpers/xor.ts'

/* What somebody sees who learns with small networks, from the outside: the service with all its threads, and JSON. */

let service: Service

beforeAll(async () => {
  service = await startService()
}, 60_000)
afterAll(() => stopService(service))

const put = (id: string, payload: object) =>
  service.app.inject({ method: 'PUT', url: `/v1/models/${id}`, payload })
const ask = async (path: string, payload: object) => {
  const answer = await service.app.inject({ method: 'POST', url: `/v1/models/${path}`, payload })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}
/** The job of a training, when it is over. */
async function trained(training: object) {
  const answer = await train(service.app, training)
  expect(answer.statusCode).toBe(202)
  return over(service.app, String(answer.headers.location))
}

describe('the gradient of a convolution', () => {
  const ones = [new Array(4).fill(new Array(4).fill(1))]
  const middle = [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => Number(x === 1 && y === 1)))
  const filter = (weights: number[]) => ({
    input: [1, 4, 4],
    layers: [{ type: 'conv2d', filters: 1, kernel: 3, padding: 'same', bias: false, weights }],
  })

  it.each([
    ['ones', new Array(9).fill(1), convGradient.grad],
    ['1 to 9', [1, 2, 3, 4, 5, 6, 7, 8, 9], convGradient.asym_filter_1to9_grad],
  ])('lays the filter where it looked: %s', async (_, weights, expected) => {
    await put('filter', filter(weights))
    const { gradients } = await ask('filter/gradients', { input: ones, cotangent: [middle] })
    expect(gradients.input.data).toEqual([[expected]])
  })

  it('by the kernels of the first layer sums what they saw', async () => {
    const layers = [{ type: 'conv2d', name: 'first', filters: 2, kernel: 3, padding: 'same' }]
    await put('kernels', { input: [1, 4, 4], layers })
    const rising = [[0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => 4 * y + x))]
    const nothing = middle.map((row) => row.map(() => 0))
    const { gradients } = await ask('kernels/gradients', {
      input: rising,
      cotangent: [middle, nothing],
      wrt: ['first.weight', 'first.bias'],
    })
    const seen = [
      [0, 1, 2],
      [4, 5, 6],
      [8, 9, 10],
    ]
    expect(gradients['first.weight']).toMatchObject({ shape: [2, 1, 3, 3] })
    expect(gradients['first.weight'].data).toEqual([[seen], [seen.map((row) => row.map(() => 0))]])
    expect(gradients['first.bias'].data).toEqual([1, 0])
  })
})

describe('XOR', () => {
  it.each([
    ['float64', 1e-6],
    ['float32', 1e-3],
  ])('has the 200 losses of NumPy: %s', async (precision, bound) => {
    const { status, history } = await trained({ ...xor, precision })
    expect(status).toBe('finished')
    expect(history).toHaveLength(xorLosses.length)
    const apart = history.map(({ loss }: { loss: number }, i: number) => {
      const expected = xorLosses[i] ?? Number.NaN
      return Math.abs(loss - expected) / Math.max(expected, 1e-3)
    })
    expect(Math.max(...apart)).toBeLessThan(bound)
  })

  it('loses most ReLUs at a learning rate of 0.05, and is told which, when, and what to do', async () => {
    const { diagnostics, warnings } = await trained({
      ...xor,
      model: { id: 'dying', ...xorSpec() },
      optimizer: { type: 'sgd', learningRate: 0.05 },
    })
    const relu = diagnostics.map(({ layers }: { layers: unknown[] }) => layers[1])
    const deaths = relu.flatMap(({ died }: { died: number[] }) => died)
    expect(relu.at(-1).dead).toBeGreaterThan(15)
    expect(new Set(deaths).size).toBe(relu.at(-1).dead)
    expect(diagnostics.findIndex((_: unknown, i: number) => relu[i].dead > 15)).toBeLessThan(5)
    expect(warnings).toEqual([expect.stringMatching(/units of relu_1 are dead.*leakyRelu/)])
    const { layers } = await ask('dying/diagnose', {
      inputs: xor.data.inputs,
      targets: xor.data.targets,
    })
    expect(layers[1].dead).toHaveLength(relu.at(-1).dead)
  })

  it('loses no leaky ones', async () => {
    const { diagnostics, warnings } = await trained({
      ...xor,
      model: { id: 'leaky', ...xorSpec('leakyRelu') },
      optimizer: { type: 'sgd', learningRate: 0.05 },
    })
    expect(diagnostics.at(-1).layers[1]).toMatchObject({ name: 'leakyRelu_1', dead: 0 })
    expect(warnings).toEqual([])
  })
})

describe('circles and crosses', () => {
  const circles = '1 1; 2 1; 2 2; 2 3; 2 4; 3 2; 3 3; 4 1; 4 2; 4 3'
  const crosses = '1 2; 1 3; 1 4; 2 5; 3 4; 3 5; 4 4; 5 1; 5 2; 5 3'
  const points = [circles, crosses].flatMap((list) =>
    list.split('; ').map((point) => point.split(' ').map(Number)),
  )
  const labels = points.map((_, i) => (i < 10 ? 'circle' : 'cross'))

  /** Of 20 points, how many the network that comes of it takes for what they are. */
  async function right(units: number, seed: number): Promise<number> {
    const id = `points-${units}-${seed}`
    await trained({
      model: {
        id,
        input: [2],
        seed,
        layers: [
          { type: 'fullyConnected', units, init: 'xavier' },
          { type: 'tanh' },
          { type: 'fullyConnected', units: 2, init: 'xavier' },
        ],
      },
      data: { inputs: points, targets: labels },
      loss: 'sum-squared-error',
      optimizer: { type: 'levenberg-marquardt' },
      epochs: 200,
      batchSize: 'full',
    })
    const answers = await ask(`${id}/predict`, { shape: [20, 2], datatype: 'FP32', data: points })
    return answers.filter(
      ({ predictions }: { predictions: { label: string }[] }, i: number) =>
        predictions[0]?.label === labels[i],
    ).length
  }

  it.each([
    ['three units of tanh: 19 of 20 points or more, the median over seeds', 3, 19],
    ['five units: all of them', 5, 20],
  ])('%s', async (_, units, expected) => {
    const counts: number[] = []
    for (const seed of [0, 1, 2, 3, 4, 5, 6, 7, 8]) counts.push(await right(units, seed))
    counts.sort((a, b) => a - b)
    expect(counts[4]).toBeGreaterThanOrEqual(expected)
  })
})

describe('64 bits made of 32', () => {
  /** Bits that look random, and are the same each time. */
  const bit = (i: number): number => Math.floor(Math.abs(Math.sin(12.9898 * i + 4.1414)) * 43758.5453) % 2
  const rows = Array.from({ length: 256 }, (_, row) =>
    Array.from({ length: 32 }, (_, i) => bit(32 * row + i)),
  )
  const answers = rows.map((bits) => [
    ...bits,
    ...Array.from({ length: 16 }, (_, i) => (bits[i] ?? 0) & (bits[i + 1] ?? 0)),
    ...Array.from({ length: 16 }, (_, i) => (bits[i] ?? 0) ^ (bits[i + 16] ?? 0)),
  ])
  const zeros = answers.flat().filter((answer) => answer === 0).length / (64 * rows.length)

  const learn = (...head: string[]) =>
    trained({
      model: {
        id: `bits-${head.join('-').toLowerCase()}`,
        input: [1, 16, 2],
        layers: [
          { type: 'fullyConnected', units: 512 },
          ...[{ type: 'batchNorm' }, { type: 'relu' }],
          { type: 'fullyConnected', units: 64 },
          { type: 'batchNorm' },
          ...head.map((type) => ({ type })),
        ],
      },
      data: { inputs: rows, targets: answers },
      loss: 'mse',
      optimizer: { type: 'adam', learningRate: 0.01 },
      batchSize: 64,
      epochs: 40,
    })

  it('a sigmoid behind a ReLU is told before the first step, and stays above a quarter of the zeros', async () => {
    const { warnings, history } = await learn('relu', 'sigmoid')
    expect(warnings[0]).toMatch(/^relu_2 before sigmoid_1 gives outputs in \[0\.5, 1\).*leave out relu_2$/)
    const losses = history.map(({ loss }: { loss: number }) => loss)
    expect(Math.min(...losses)).toBeGreaterThanOrEqual(0.25 * zeros)
    expect(losses.at(-1)).toBeLessThan(0.25 * zeros + 0.05)
  })

  it.each(['sigmoid', 'tanh'])('a %s without it solves them', async (head) => {
    const { warnings, history } = await learn(head)
    expect(warnings).toEqual([])
    expect(history.at(-1).loss).toBeLessThan(0.02)
  })
})

describe('a sigmoid', () => {
  it('gives no NaN, forward or backward', async () => {
    await put('sigmoid', { input: [6], layers: [{ type: 'sigmoid' }] })
    const input = [-1e30, -1000, -88.8, 88.8, 1000, 1e30]
    for (const precision of ['float32', 'float64']) {
      const { output, gradients } = await ask('sigmoid/gradients', { input, precision })
      expect(output.data[0].map(Math.round)).toEqual([0, 0, 0, 1, 1, 1])
      for (const slope of gradients.input.data[0]) expect(slope).toBeLessThan(1e-30)
    }
  })
})
