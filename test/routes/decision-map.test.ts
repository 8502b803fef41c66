import { describe, expect, test } from 'vitest'
import { decodeRaster } from '../../src/imaging/raster.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'
import { contentType, describeRefusals, image, PNG, type Refusal } from '../helpers/refusals.ts'
import { post } from '../helpers/requests.ts'
import { labels, points, trainedOnCirclesAndCrosses } from '../networks/circles-and-crosses.ts'

const JSON_TYPE = contentType('application/json')
const url = '/v1/models/circles/decision-map'

const network = (id: string, input: readonly number[], units: number): StoredNetwork => {
  const size = input.reduce((a, b) => a * b, 1)
  return {
    id,
    spec: readSpec({ input, layers: [{ type: 'flatten' }, { type: 'fullyConnected', units }] }),
    parameters: [new Float64Array(size * units).fill(0.5), new Float64Array(units)],
    history: [],
    diagnostics: [],
  }
}

const broken: StoredNetwork = {
  ...network('broken', [2], 2),
  parameters: [new Float64Array(4).fill(Number.NaN), new Float64Array(2)],
}

const networks = [
  trainedOnCirclesAndCrosses(3, 1),
  network('pixels', [1, 2, 2], 3),
  network('line', [1], 2),
  network('many', [2], 20),
  network('too-many', [2], 21),
  broken,
]

const map = async (body: object, to = url, headers: Record<string, string> = JSON_TYPE) =>
  post(await testApp({ engine: fakeEngine({ networks }) }), { url: to, body: JSON.stringify(body), headers })

describe('a decision map in JSON', () => {
  test('says class and probabilities all over the plane, and of the points', async () => {
    const answer = (await map({ points, labels, resolution: 21, padding: 0.25, format: 'json' })).json()
    expect(answer).toMatchObject({
      model: 'circles',
      classes: ['circle', 'cross'],
      reading: 'softmax',
      features: [0, 1],
      x: [0, 6],
      y: [0, 6],
      resolution: 21,
    })
    expect(answer.labels).toHaveLength(21)
    expect(answer.probabilities[20]).toHaveLength(21)
    expect(answer.points[0]).toMatchObject({ x: 1, y: 1, label: 0 })
    expect(answer.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(answer.misclassified).toHaveLength(Math.round(20 * (1 - answer.accuracy)))
    for (const [row, line] of answer.labels.entries())
      for (const [column, label] of line.entries())
        expect(answer.probabilities[row][column][label]).toBeGreaterThanOrEqual(0.5)
  })

  test('has boundaries that part the points', async () => {
    const { boundaries } = (await map({ points, resolution: 100, format: 'json' })).json()
    expect(boundaries.length).toBeGreaterThan(0)
    for (const { between, points: line } of boundaries) {
      expect(between).toEqual([0, 1])
      expect(line.length).toBeGreaterThan(20)
    }
  })

  test('without labels says nothing of mistakes', async () => {
    const answer = (await map({ points, resolution: 16, format: 'json' })).json()
    expect(Object.keys(answer)).not.toContain('accuracy')
    expect(Object.keys(answer.points[0])).toEqual(['x', 'y', 'predicted', 'probabilities'])
  })

  test('of two of several inputs holds the others', async () => {
    const to = '/v1/models/pixels/decision-map'
    const body = { points: [[0, 1]], features: [3, 0], resolution: 16, format: 'json' }
    const answer = (await map({ ...body, hold: [1, 2] }, to)).json()
    expect(answer.features).toEqual([3, 0])
    expect(answer.classes).toEqual(['class 0', 'class 1', 'class 2'])
    expect((await map({ ...body, hold: 0 }, to)).statusCode).toBe(200)
  })
})

describe('a decision map as a picture', () => {
  test('draws 1000 of more points, and says so', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => [1 + (i % 60) / 15, 1 + Math.floor(i / 60) / 12])
    const body = { points: many, labels: many.map((_, i) => i % 2), resolution: 16, format: 'svg' }
    const drawn = await map(body)
    expect(drawn.body).toMatch(/3000 points \(1000 of them drawn\), \d+ misclassified: accuracy/)
    const all = (await map({ ...body, format: 'json' })).json()
    expect(all.points).toHaveLength(3000)
  })

  test('is a PNG by default', async () => {
    const answer = await map({ points, labels, resolution: 50 })
    expect(answer.headers['content-type']).toBe('image/png')
    const { width, height } = await decodeRaster(answer.rawPayload)
    expect([width, height]).toEqual([1460, 1080])
    expect(answer.headers['server-timing']).toMatch(/queue;dur=.*forward;dur=.*render;dur=/)
  })

  test('is an SVG that needs no fonts, by the Accept header, the query or the body', async () => {
    const body = { points, labels, resolution: 30, title: 'A <b> & "c"' }
    const answers = await Promise.all([
      map(body, url, { ...JSON_TYPE, accept: 'image/svg+xml' }),
      map(body, `${url}?format=svg`),
      map({ ...body, format: 'svg' }),
    ])
    for (const { headers, body: drawn } of answers) {
      expect(headers['content-type']).toBe('image/svg+xml')
      expect(drawn).toMatch(/^<svg .*role="img"><title>A &lt;b&gt; &amp; &quot;c&quot;: 20 points, /)
      expect(drawn).not.toMatch(/<text|font-family/)
      expect(drawn).toBe(answers[0]?.body)
    }
  })

  test('shows twenty classes, unlabelled points, and wide planes', async () => {
    const wide = {
      points: [
        [0, 0],
        [1000, 1],
      ],
      resolution: 40,
    }
    for (const [body, model] of [
      [{ ...wide, labels: [0, 19] }, 'many'],
      [wide, 'circles'],
      [{ points: [[7, 7]], resolution: 16, shading: 'none', opacity: 0 }, 'circles'],
    ] as const)
      expect((await map(body, `/v1/models/${model}/decision-map`)).statusCode).toBe(200)
  })
})

const good = { points, labels, resolution: 16 }

/** A body that cannot be used. */
const bad = (
  name: string,
  body: object | string,
  parameters: readonly string[],
  says: RegExp,
  model = 'circles',
): Refusal => ({
  name,
  url: `/v1/models/${model}/decision-map`,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: JSON_TYPE,
  status: 422,
  type: 'invalid-parameter',
  parameters,
  says,
})

describeRefusals(
  'a decision map',
  [
    bad('text that is not JSON', 'points', ['body'], /expected JSON/),
    bad('NaN', '{"points":[[NaN,1]]}', ['body'], /expected JSON \(it has no NaN and no infinity\)/),
    bad('a list in place of an object', '[]', ['body'], /expected object, got array/),
    bad('no points', { points: [] }, ['points'], /at least one point, got none/),
    bad('nothing', {}, ['points'], /expected array, got undefined/),
    bad(
      'points of three numbers',
      {
        points: [
          [1, 2],
          [1, 2, 3],
        ],
      },
      ['points[1]'],
      /two numbers, x and y, got 3/,
    ),
    bad('a point that is a text', { points: [['a', 1]] }, ['points[0][0]'], /expected number, got string/),
    bad(
      'a number beyond all measure',
      '{"points":[[1e999,1]]}',
      ['points[0][0]'],
      /expected number, got Infinity/,
    ),
    bad('a number that float32 cannot hold', { points: [[1e39, 1]] }, ['points[0][0]'], /<=1e\+30/),
    bad('too many points', { points: Array(10_001).fill([0, 0]) }, ['points'], /at most 10000 points/),
    bad('a book of points', { points: Array(20_001).fill([0, 0]) }, ['body'], /at most 20000 lists in JSON/),
    bad('a book of numbers', { points: Array(100_000).fill(0) }, ['body'], /at most 60000 values in JSON/),
    bad(
      'thousands of faults',
      { points: Array(5000).fill([0, 'x']) },
      Array.from({ length: 10 }, (_, i) => `points[${i}][1]`),
      /number/,
    ),
    bad(
      'a class beyond the last',
      { ...good, labels: labels.map((label) => label * 2) },
      ['labels[10]'],
      /from 0 to 1, got 2/,
    ),
    bad('a negative class', { ...good, labels: [-1] }, ['labels[0]'], />=0/),
    bad(
      'fewer labels than points',
      { ...good, labels: [0] },
      ['labels'],
      /20 classes, one for each point, got 1/,
    ),
    bad('the same feature twice', { ...good, features: [1, 1] }, ['features'], /two different inputs/),
    bad('a feature beyond the last', { ...good, features: [0, 2] }, ['features'], /from 0 to 1, got 2/),
    bad('too fine a grid', { ...good, resolution: 401 }, ['resolution'], /<=400/),
    bad('too coarse a grid', { ...good, resolution: 1 }, ['resolution'], />=16/),
    bad(
      'too fine a grid for many classes',
      { points, resolution: 300 },
      ['resolution'],
      /at most 223 for 20 classes, got 300/,
      'many',
    ),
    bad('no padding', { ...good, padding: 0 }, ['padding'], />=0.02/),
    bad('an unknown format', { ...good, format: 'pdf' }, ['format'], /expected one of "png"\|"svg"\|"json"/),
    bad('an unknown parameter', { ...good, label: [] }, ['label'], /did you mean "labels"/),
    {
      ...bad('format twice', { ...good, format: 'png' }, ['format'], /in the query and in the body/),
      query: 'format=svg',
    },
    bad(
      'a model of four inputs without features and hold',
      { points },
      ['features', 'hold'],
      /which two of the 4 inputs.*2 values of the other inputs/,
      'pixels',
    ),
    bad(
      'too few values to hold',
      { points, features: [0, 1], hold: [1] },
      ['hold'],
      /expected 2 values of the other inputs, got 1/,
      'pixels',
    ),
    bad('a model of one input', good, ['model'], /two inputs or more, got one of 1/, 'line'),
    bad('a model of too many classes', good, ['model'], /at most 20 classes, got 21/, 'too-many'),
    bad('a model whose weights are no numbers', good, ['model'], /got NaN at/, 'broken'),
    {
      ...bad('an ONNX file alone', good, [], /"tiny" is an ONNX file alone/, 'tiny'),
      status: 409,
      type: 'not-a-network',
    },
    {
      ...bad('an unknown model', good, [], /no model "circle"/, 'circle'),
      status: 404,
      type: 'unknown-model',
    },
    {
      name: 'a picture',
      url,
      body: image,
      headers: PNG,
      status: 415,
      type: 'unsupported-media-type',
      says: /application\/json, got image\/png/,
    },
    {
      name: 'no body',
      url,
      headers: JSON_TYPE,
      body: '',
      status: 422,
      type: 'invalid-parameter',
      parameters: ['body'],
      says: /expected JSON/,
    },
  ],
  { networks },
)
