import { describe, expect, test } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { diagnosisSchema } from '../../src/schemas/diagnose.ts'
import { gradientsAnswerSchema } from '../../src/schemas/gradients.ts'
import { problemSchema } from '../../src/schemas/problem.ts'
import { traceAnswerSchema } from '../../src/schemas/trace.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'
import { stored } from '../helpers/networks.ts'
import { FORM, form, part, post } from '../helpers/requests.ts'
import { convGradient, numpyXor, transposed, xorSpec } from '../helpers/xor.ts'

const convolution = (weights: number[]) => ({
  input: [1, 4, 4],
  layers: [{ type: 'conv2d', filters: 1, kernel: 3, padding: 'same', bias: false, weights }],
})
const networks = [
  stored('ones', convolution(new Array(9).fill(1))),
  stored('rising', convolution([1, 2, 3, 4, 5, 6, 7, 8, 9])),
  stored('xor', xorSpec()),
  stored('sigmoid', { input: [4], layers: [{ type: 'sigmoid' }] }),
  {
    ...stored('classes', { input: [2], layers: [{ type: 'fullyConnected', units: 3 }] }),
    labels: ['a', 'b', 'c'],
  },
]
const engine = () => fakeEngine({ networks })

const ask = async (path: string, body: unknown) =>
  post(await testApp({ engine: engine() }), {
    url: `/v1/models/${path}`,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const ones = [new Array(4).fill(new Array(4).fill(1))]
const oneAtMiddle = [
  [
    [0, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ],
]

describe('POST gradients', () => {
  test.each([
    ['ones', convGradient.grad, convGradient.forward],
    ['rising', convGradient.asym_filter_1to9_grad, convGradient.asym_filter_1to9_forward],
  ])('prints those of a convolution as matrices: %s', async (model, grad, forward) => {
    const answer = await ask(`${model}/gradients`, { input: ones, cotangent: oneAtMiddle })
    expect(answer.statusCode).toBe(200)
    expect(gradientsAnswerSchema.parse(answer.json())).toMatchObject({
      model,
      precision: 'float64',
      output: { shape: [1, 1, 4, 4], datatype: 'FP64', data: [[forward]] },
      gradients: { input: { shape: [1, 1, 4, 4], data: [[grad]] } },
    })
    expect(answer.headers['server-timing']).toMatch(/total;dur=/)
  })

  test("gives XOR's first step, as NumPy has it", async () => {
    const { y_pred, grad_w1 } = numpyXor.step0
    const answer = await ask('xor/gradients', {
      input: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      cotangent: [0, 1, 1, 0].map((t, i) => [2 * (y_pred[i][0] - t)]),
      wrt: ['fullyConnected_1.weight', 'relu_1'],
    })
    const { gradients } = gradientsAnswerSchema.parse(answer.json())
    expect(Object.keys(gradients)).toEqual(['fullyConnected_1.weight', 'relu_1'])
    transposed(grad_w1)
      .flat()
      .forEach((wanted, i) => {
        expect(gradients['fullyConnected_1.weight']?.data.flat()[i]).toBeCloseTo(wanted, 10)
      })
  })

  test('takes NPY, the cotangent beside it in a form', async () => {
    const file = (data: number[]) => writeNpy({ shape: [1, 4, 4], data: Float64Array.from(data) })
    const named = (name: string, bytes: Buffer) =>
      part(bytes, `content-disposition: form-data; name="${name}"; filename="${name}.npy"`)
    const app = await testApp({ engine: engine() })
    const answer = await post(app, {
      url: '/v1/models/rising/gradients?wrt=input,conv2d_1.weight',
      headers: FORM,
      body: form(named('image', file(ones.flat(2))), named('cotangent', file(oneAtMiddle.flat(2)))),
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().gradients.input.data).toEqual([[convGradient.asym_filter_1to9_grad]])
    expect(answer.json().gradients['conv2d_1.weight'].shape).toEqual([1, 1, 3, 3])
    const plain = await post(app, {
      url: '/v1/models/ones/gradients',
      headers: { 'content-type': 'application/x-npy' },
      body: file(ones.flat(2)),
    })
    // each pixel is seen by as many places as see it forward
    expect(plain.json().gradients.input.data).toEqual([[convGradient.forward]])
  })

  test('has no NaN of a sigmoid', async () => {
    const answer = await ask('sigmoid/gradients', { input: [-10_000, -89, 89, 10_000] })
    expect(answer.body).not.toContain('null')
    expect(answer.json().gradients.input.data[0][3]).toBe(0)
  })
})

describe('POST trace', () => {
  test('follows a sample through every layer', async () => {
    const answer = await ask('xor/trace', {
      input: [1, 1],
      target: 0,
      loss: 'sum-squared-error',
      optimizer: { type: 'sgd', learningRate: 0.002 },
    })
    expect(answer.statusCode).toBe(200)
    const { layers, loss, output } = traceAnswerSchema.parse(answer.json())
    expect(layers.map(({ name }) => name)).toEqual(['fullyConnected_1', 'relu_1', 'fullyConnected_2'])
    const [y] = numpyXor.step0.y_pred[3]
    expect(output.data.flat()[0]).toBeCloseTo(y, 10)
    expect(loss.value).toBeCloseTo(y * y, 10)
    const [weight] = layers[2]?.parameters ?? []
    const gradient = weight?.gradient.data?.flat() ?? []
    const update = weight?.update.data?.flat() ?? []
    expect(gradient).toHaveLength(30)
    expect(update).toHaveLength(30)
    gradient.forEach((value, i) => {
      expect(Number(update[i])).toBeCloseTo(-0.002 * Number(value), 12)
    })
  })

  test.each([
    ['xor', { input: [1, 1], target: 0 }],
    ['ones', { input: ones, target: oneAtMiddle, precision: 'float32' }],
    ['classes', { input: [1, 2], target: 2, loss: 'cross-entropy' }],
  ])('draws what is in %s', async (model, body) => {
    const answer = await ask(`${model}/trace?format=png`, body)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/png'])
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ width: 1920, format: 'png' })
    expect(answer.headers['server-timing']).toMatch(/queue;dur=.*render;dur=/)
  })

  test.each([
    ['image/png', 200, 'image/png'],
    ['image/*;q=0.5, application/json', 200, 'application/json'],
    ['*/*', 200, 'application/json'],
    ['text/html', 406, 'application/problem+json'],
  ])('answers Accept: %s with %i', async (accept, status, type) => {
    const answer = await post(await testApp({ engine: engine() }), {
      url: '/v1/models/xor/trace',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ input: [1, 1], target: 0 }),
    })
    expect([answer.statusCode, `${answer.headers['content-type']}`.split(';')[0]]).toEqual([status, type])
    expect(answer.headers.vary).toMatch(/accept/i)
  })

  test('answers JSON unless asked otherwise, and the same with format=json', async () => {
    const body = { input: [1, 1], target: 0 }
    const [plain, asked] = [await ask('xor/trace', body), await ask('xor/trace?format=json', body)]
    const without = ({ timings: _, ...answer }: Record<string, unknown>) => answer
    expect(without(asked.json())).toEqual(without(plain.json()))
    expect(Object.keys(plain.json())).toEqual([
      'model',
      'loss',
      'output',
      'layers',
      'optimizer',
      'precision',
      'timings',
    ])
  })

  test('takes the number of a class', async () => {
    const answer = await ask('classes/trace', { input: [1, 2], target: 2, loss: 'cross-entropy' })
    expect(traceAnswerSchema.parse(answer.json()).loss.id).toBe('cross-entropy')
  })
})

describe('POST diagnose', () => {
  test('says what is wrong', async () => {
    const answer = await ask('xor/diagnose', {
      inputs: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      targets: [0, 1, 1, 0],
      loss: 'sum-squared-error',
      optimizer: { type: 'sgd', learningRate: 0.05 },
    })
    expect(answer.statusCode).toBe(200)
    const { loss, layers, verdicts } = diagnosisSchema.parse(answer.json())
    expect(loss.value).toBeCloseTo(numpyXor.loss[0], 10)
    expect(layers[1]).toMatchObject({ units: 30, dead: [8, 19, 20, 23] })
    expect(layers[1]?.histogram.counts.reduce((a, b) => a + b, 0)).toBe(120)
    expect(verdicts).toContain(
      '4 of 30 units of relu_1 are dead: no sample gives them more than 0, and no gradient passes them',
    )
  })

  test('draws the histograms', async () => {
    const answer = await ask('xor/diagnose?format=png', {
      inputs: [
        [0, 1],
        [1, 1],
      ],
      targets: [1, 0],
    })
    expect(answer.headers['content-type']).toBe('image/png')
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ width: 1920, format: 'png' })
  })

  test.each([
    ['classes', [[1, 2]], [2]],
    ['classes', [[1, 2]], [[2]]],
    ['classes', [[1, 2]], ['c']],
    ['ones', [new Array(16).fill(1)], ones.map((plane) => [plane])],
  ])('takes samples as trainings do: %s %j %j', async (model, inputs, targets) => {
    const answer = await ask(`${model}/diagnose`, { inputs, targets })
    expect(answer.statusCode).toBe(200)
  })
})

describe('what cannot be used is refused', () => {
  const good = { input: ones, cotangent: oneAtMiddle }
  const samples = { inputs: [[1, 2]], targets: [[1]] }
  test.each([
    ['ones/gradients', { ...good, wrt: ['conv2d_2.weight'] }, 422, 'wrt', /conv2d_1\.weight/],
    ['ones/gradients', { ...good, wrt: [] }, 422, 'wrt', /./],
    ['ones/gradients', { ...good, input: [[1, 2]] }, 422, 'input', /\[1,4,4\]/],
    ['ones/gradients', { ...good, input: [1, [2]] }, 422, 'input', /a number at \[1\], got a list/],
    ['ones/gradients', { ...good, input: [['a']] }, 422, 'input', /a number at \[0\]\[0\], got "a"/],
    ['ones/gradients', { ...good, cotangent: [1] }, 422, 'cotangent', /\[1,4,4\]/],
    ['ones/gradients', '{"input":[[[NaN]]]}', 422, 'body', /no NaN/],
    ['ones/gradients', '{"input":[1e999,0,0,0]}', 422, 'input', /./],
    ['sigmoid/gradients', '{"input":[1e999,0,0,0]}', 422, 'input', /finite numbers, got Infinity/],
    ['sigmoid/gradients', `{"input":${'['.repeat(99)}${']'.repeat(99)}}`, 422, 'body', /at most 64/],
    ['ones/gradients', { ...good, precision: 'float16' }, 422, 'precision', /float64/],
    ['ones/gradients', { ...good, by: 1 }, 422, 'by', /unknown parameter/],
    ['ones/gradients?wrt=input', good, 422, 'wrt', /JSON body/],
    ['ones/gradients?by=1', good, 422, 'by', /unknown/],
    ['xor/trace?by=1', good, 422, 'by', /unknown/],
    ['ones/gradients', {}, 422, 'input', /./],
    ['ones/gradients', '[]', 422, 'body', /./],
    ['classes/trace', { input: [1, 2], target: 3 }, 422, 'target', /class numbers from 0 to 2, got 3/],
    ['classes/trace', { input: [1, 2], target: [1] }, 422, 'target', /\[3\], got \[1\]/],
    [
      'classes/trace',
      {
        input: [
          [1, 2],
          [3, 4],
        ],
        target: 1,
      },
      422,
      'input',
      /one sample/,
    ],
    ['xor/trace', { input: [1, 2], target: 1, loss: 'hinge' }, 422, 'loss', /mse/],
    [
      'xor/trace',
      { input: [1, 2], target: 1, optimizer: { type: 'sgd', learningRate: -1 } },
      422,
      'optimizer.learningRate',
      /./,
    ],
    [
      'xor/trace',
      { input: [1, 2], target: 1, optimizer: { type: 'levenberg-marquardt' } },
      422,
      'optimizer.type',
      /./,
    ],
    [
      'xor/diagnose',
      { ...samples, targets: [[1], [2]] },
      422,
      'targets',
      /a target for each of the 1 inputs, got 2/,
    ],
    ['xor/diagnose', { ...samples, targets: [[1, 2]] }, 422, 'targets', /\[1\], .* got \[2\]/],
    ['xor/diagnose', { ...samples, inputs: [] }, 422, 'inputs', /./],
    ['xor/diagnose', { ...samples, inputs: [[1], [2, 3]] }, 422, 'inputs', /a list of 1 at \[1\]/],
    ['classes/diagnose', { inputs: [[1, 2]], targets: [-1] }, 422, 'targets', /got -1 at \[0\]/],
    ['xor/diagnose', { ...samples, epsilon: 0 }, 422, 'epsilon', /./],
    ['xor/diagnose?format=svg', samples, 422, 'format', /json or png/],
    ['xor/trace?format=svg', { input: [1, 2], target: 1 }, 422, 'format', /json or png/],
    [
      'classes/trace?format=png',
      { input: [1, 2], target: 3 },
      422,
      'target',
      /class numbers from 0 to 2, got 3/,
    ],
    ['xo/gradients', good, 404, undefined, /no model "xo"/],
    ['tiny/gradients', good, 409, undefined, /is an ONNX file alone/],
    ['constructor/trace', good, 404, undefined, /no model/],
  ])('%s %j: %i %s', async (path, body, status, parameter, says) => {
    const answer = await ask(path, body)
    const problem = problemSchema.parse(answer.json())
    expect(answer.statusCode).toBe(status)
    expect(problem.errors?.map((error) => error.parameter)).toEqual(
      parameter === undefined ? undefined : [parameter],
    )
    expect(problem.detail).toMatch(says)
  })

  test('other bodies, and none', async () => {
    const app = await testApp({ engine: engine() })
    const url = '/v1/models/ones/gradients'
    const png = await post(app, { url, body: 'x', headers: { 'content-type': 'image/png' } })
    expect(png.statusCode).toBe(415)
    const none = await post(app, { url, headers: {} })
    expect(none.statusCode).toBe(400)
    const cut = await post(app, {
      url,
      body: writeNpy({ shape: [1, 4, 4], data: new Float64Array(16) }).subarray(0, 200),
      headers: { 'content-type': 'application/x-npy' },
    })
    expect(cut.json()).toMatchObject({ status: 422, errors: [{ parameter: 'input' }] })
  })
})
