import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { type DecisionMapJob, drawable, runDecisionMap, viewAround } from '../../src/networks/decision-map.ts'
import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'
import { labels, points, trainedOnCirclesAndCrosses } from './circles-and-crosses.ts'

/** Interpolation of a straight boundary is exact, but for rounding in float32. */
const ROUNDING = 1e-5

const unitView = { x: [0, 4], y: [0, 2] } as const

/** A linear classifier: a row of weights for each class, then what follows it. */
const linear = (weights: number[][], biases: number[], ...rest: string[]) =>
  readSpec({
    input: [weights[0]?.length ?? 2],
    layers: [
      { type: 'fullyConnected', units: weights.length, weights, biases },
      ...rest.map((type) => ({ type })),
    ],
  })

const job = (spec: DecisionMapJob['spec'], rest: Partial<DecisionMapJob> = {}): DecisionMapJob => ({
  spec,
  parameters: initialParameters(networkOf(spec)),
  loss: undefined,
  points: Float64Array.of(1, 1),
  features: [0, 1],
  hold: new Float64Array(2),
  view: unitView,
  resolution: 17,
  ...rest,
})

const mapOf = (spec: DecisionMapJob['spec'], rest: Partial<DecisionMapJob> = {}) =>
  runDecisionMap(referenceBackend, job(spec, rest)).map

describe('boundaries', () => {
  it.each([
    ['float64', referenceBackend],
    ['float32', wasmBackend()],
  ])('of a linear classifier in %s are a line from edge to edge', (_precision, backend) => {
    // class 1 where x + y > 3
    const spec = linear(
      [
        [0, 0],
        [1, 1],
      ],
      [0, -3],
      'softmax',
    )
    const { boundaries } = runDecisionMap(backend, job(spec)).map
    expect(boundaries).toHaveLength(1)
    const line = boundaries[0]?.points ?? []
    for (const [x, y] of line) expect(Math.abs(x + y - 3)).toBeLessThan(ROUNDING)
    expect([line[0], line.at(-1)].map((end) => end?.map((v) => Math.round(v * 1e4) / 1e4)).sort()).toEqual([
      [1, 2],
      [3, 0],
    ])
  })

  it('stay smooth where probabilities saturate', () => {
    // 1000 (x + 2y − 3.1): the sigmoid is 0 or 1 at every grid point
    const { boundaries } = mapOf(linear([[1000, 2000]], [-3100], 'sigmoid'))
    const line = boundaries[0]?.points ?? []
    expect(line.length).toBeGreaterThan(10)
    for (const [x, y] of line) expect(Math.abs(x + 2 * y - 3.1)).toBeLessThan(ROUNDING)
  })

  it('of three classes meet in one place', () => {
    // classes 0, 1, 2 point to 90°, 210° and 330° from (2, 1)
    const directions = [90, 210, 330].map((angle) => (angle * Math.PI) / 180)
    const weights = directions.map((a) => [Math.cos(a), Math.sin(a)])
    const { boundaries } = mapOf(
      linear(
        weights,
        weights.map(([x = 0, y = 0]) => -2 * x - y),
      ),
    )
    expect(boundaries.map(({ between }) => between)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
    for (const { points } of boundaries) {
      const nearest = Math.min(...points.map(([x, y]) => Math.hypot(x - 2, y - 1)))
      expect(nearest).toBeLessThan(1e-9)
    }
  })

  it('around an island are closed', () => {
    // a bump of tanh units: high within about 0.6 of (2, 1)
    const spec = readSpec({
      input: [2],
      layers: [
        {
          type: 'fullyConnected',
          units: 4,
          weights: [
            [4, 0],
            [-4, 0],
            [0, 4],
            [0, -4],
          ],
          biases: [-5, 11, -1, 7],
        },
        { type: 'tanh' },
        { type: 'fullyConnected', units: 1, weights: [[1, 1, 1, 1]], biases: [-3] },
      ],
    })
    const { boundaries } = mapOf(spec, { loss: 'binary-cross-entropy' })
    expect(boundaries).toHaveLength(1)
    expect(boundaries[0]?.points[0]).toEqual(boundaries[0]?.points.at(-1))
  })

  it('are none where one class is everywhere', () => {
    expect(
      mapOf(
        linear(
          [
            [0, 0],
            [0, 0],
          ],
          [0, 1],
        ),
      ).boundaries,
    ).toEqual([])
  })
})

describe('probabilities', () => {
  const at = (spec: DecisionMapJob['spec'], loss?: string) => [
    ...mapOf(spec, { loss, points: Float64Array.of(1, 1) }).points.probabilities,
  ]

  it('are the softmax of logits, whether a layer or the loss says so', () => {
    const expected = [1 / (1 + Math.E), Math.E / (1 + Math.E)]
    const weights = [
      [0, 0],
      [1, 0],
    ]
    for (const [index, p] of at(linear(weights, [0, 0], 'softmax')).entries())
      expect(p).toBeCloseTo(expected[index] ?? 0, 12)
    expect(at(linear(weights, [0, 0]), 'cross-entropy')).toEqual(at(linear(weights, [0, 0], 'softmax')))
  })

  it('are the sigmoid of one logit, of the second class', () => {
    const [first = 0, second = 0] = at(linear([[1, 1]], [0]), 'binary-cross-entropy')
    expect(second).toBeCloseTo(1 / (1 + Math.exp(-2)), 12)
    expect(first + second).toBe(1)
  })

  it('are values between 0 and 1, and those beyond are cut off', () => {
    expect(at(linear([[0.25, 0]], [0]))).toEqual([0.75, 0.25])
    expect(at(linear([[7, 0]], [0]))).toEqual([0, 1])
    expect(
      at(
        linear(
          [
            [-1, 0],
            [3, 0],
            [0.5, 0.5],
          ],
          [0, 0, 0],
        ),
      ),
    ).toEqual([0, 0.5, 0.5])
    expect(
      at(
        linear(
          [
            [-1, 0],
            [-3, 0],
          ],
          [0, 0],
        ),
      ),
    ).toEqual([0.5, 0.5])
  })
})

describe('the grid', () => {
  it('has its outermost points on the edges, rows going up', () => {
    // class 1 right of x = 3.9, class 2 above y = 1.9
    const { labels, grid } = mapOf(
      linear(
        [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
        [0, -3.9, -1.9],
      ),
    )
    expect([grid.columns, grid.rows]).toEqual([17, 17])
    expect([labels[0], labels[16], labels[16 * 17], labels[8 * 17 + 8]]).toEqual([0, 1, 2, 0])
  })

  it('holds the other inputs', () => {
    // z decides where x matters
    const spec = linear(
      [
        [0, 0, 0],
        [0, 1, 1],
      ],
      [0, -3],
    )
    const held = (z: number) =>
      mapOf(spec, { features: [2, 1], hold: Float64Array.of(9, 0, 0), points: Float64Array.of(z, 1) }).points
        .labels[0]
    expect([held(1), held(3)]).toEqual([0, 1])
  })
})

/** How many of the points a map takes for what they are. */
function rightOf({ spec, parameters }: StoredNetwork): number {
  const flat = Float64Array.from(points.flat())
  const asked = { parameters, loss: 'cross-entropy', points: flat, view: viewAround(flat, 0.1) }
  const map = mapOf(spec, asked)
  return labels.filter((label, i) => label === map.points.labels[i]).length
}

describe('circles and crosses', () => {
  // some initial weights end in another minimum
  it.each([
    [3, 19],
    [5, 20],
  ])('are told apart by %i tanh units: %i of 20, the median of 21 seeds', (units, median) => {
    const right = Array.from({ length: 21 }, (_, seed) => rightOf(trainedOnCirclesAndCrosses(units, seed)))
    expect(right.sort((a, b) => a - b)[10]).toBeGreaterThanOrEqual(median)
  })
})

describe('viewAround', () => {
  it('leaves room at each side', () => {
    expect(viewAround(Float64Array.of(0, 1, 10, 3), 0.1)).toEqual({ x: [-1, 11], y: [0.8, 3.2] })
  })

  it.each([
    ['one point', [3, -5], { x: [1.5, 4.5], y: [-7.5, -2.5] }],
    ['the origin', [0, 0], { x: [-0.5, 0.5], y: [-0.5, 0.5] }],
    ['points in a line', [0, 2, 4, 2], { x: [-0.4, 4.4], y: [1, 3] }],
  ])('gives %s room too', (_name, flat, view) => {
    expect(viewAround(Float64Array.from(flat), 0.1)).toEqual(view)
  })
})

describe('what cannot be drawn', () => {
  it.each([
    [
      'an output of several dimensions',
      { input: [1, 4, 4], layers: [{ type: 'relu' }] },
      /one output for each class, got an output of 1×4×4/,
    ],
    [
      'a softmax of one output',
      { input: [2], layers: [{ type: 'fullyConnected', units: 1 }, { type: 'softmax' }] },
      /always 1/,
    ],
    [
      'too many classes',
      { input: [2], layers: [{ type: 'fullyConnected', units: 21 }] },
      /at most 20 classes, got 21/,
    ],
  ])('is %s', (_name, spec, says) => {
    expect(() => drawable(readSpec(spec), undefined)).toThrow(says)
  })

  it('is a model that answers with what is no number', () => {
    const spec = linear(
      [
        [1, 0],
        [0, 1],
      ],
      [0, 0],
    )
    const parameters = [Float64Array.of(Number.NaN, 0, 0, 1), Float64Array.of(0, 0)]
    expect(() => mapOf(spec, { parameters })).toThrow(/got NaN at \(1, 1\)/)
  })
})
