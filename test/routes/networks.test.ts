import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../../src/imaging/npy.ts'
import { importOnnx } from '../../src/onnx/index.ts'
import { png } from '../helpers/app.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const NPY_TYPE = { 'content-type': 'application/x-npy' }

/** y = relu(x₁ − x₂) + relu(x₂ − x₁) = |x₁ − x₂|: exclusive or, for bits */
const xor = {
  input: [2],
  layers: [
    {
      type: 'fullyConnected',
      units: 2,
      bias: false,
      name: 'differences',
      weights: [
        [1, -1],
        [-1, 1],
      ],
    },
    { type: 'relu' },
    {
      type: 'fullyConnected',
      units: 2,
      weights: [
        [-1, -1],
        [1, 1],
      ],
      biases: [1, 0],
    },
  ],
  labels: ['equal', 'different'],
}
const digits = {
  input: [1, 8, 8],
  layers: [
    { type: 'conv2d', filters: 4, padding: 'same' },
    { type: 'relu' },
    { type: 'maxPool' },
    { type: 'fullyConnected', units: 3 },
    { type: 'softmax' },
  ],
  seed: 1,
}
const bits = { input: [2, 4, 1], layers: [{ type: 'fullyConnected', units: 3 }] }

const put = ({ app }: Service, id: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  app.inject({
    method: 'PUT',
    url: `/v1/models/${id}`,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  })
const ask = (
  { app }: Service,
  path: string,
  body: Buffer | object,
  headers = JSON_TYPE as Record<string, string>,
) =>
  app.inject({
    method: 'POST',
    url: `/v1/models/${path}`,
    payload: Buffer.isBuffer(body) ? body : JSON.stringify(body),
    headers,
  })
const get = ({ app }: Service, path: string) => app.inject({ url: `/v1/models/${path}` })
const remove = ({ app }: Service, id: string) => app.inject({ method: 'DELETE', url: `/v1/models/${id}` })

const rows = (shape: readonly number[], data: readonly number[]) => ({ shape, datatype: 'FP32', data })

let service: Service
beforeAll(async () => {
  service = await startService({ WORKERS: '1' })
})
afterAll(() => stopService(service))

describe('PUT /v1/models/{model}', () => {
  test('makes a network: 201 and where it is, then 200 for another in its place', async () => {
    const made = await put(service, 'xor', xor)
    expect(made.statusCode).toBe(201)
    expect(made.headers.location).toBe('/v1/models/xor')
    expect(made.json()).toEqual({
      id: 'xor',
      version: '1',
      title: 'xor',
      description: 'A network that was made here, of 3 layers, not trained yet.',
      license: 'unknown',
      source: 'made here',
      status: 'available',
      shape: [2],
      classes: 2,
      kept: 'memory',
      labels: ['equal', 'different'],
    })
    expect((await put(service, 'xor', { ...xor, labels: undefined })).statusCode).toBe(200)
    expect((await get(service, 'xor')).json().labels).toEqual(['class 0', 'class 1'])
  })

  test('lists it among the models', async () => {
    await put(service, 'listed', xor)
    const { models } = (await service.app.inject({ url: '/v1/models' })).json()
    expect(models.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['efficientnet-lite0', 'listed']),
    )
  })

  test('says how pictures become inputs, of a network of one channel or three', async () => {
    expect((await put(service, 'digits', digits)).json().input).toEqual({
      width: 8,
      height: 8,
      color: 'gray',
      resize: 'bilinear',
      crop: 1,
      mean: [0],
      std: [255],
    })
    expect((await put(service, 'bits', bits)).json()).not.toHaveProperty('input')
  })

  test.each([
    ['no JSON', 'x', '{"input": [2', 422, 'invalid-parameter', 'body'],
    ['no input', 'x', { layers: xor.layers }, 422, 'invalid-parameter', 'input'],
    ['a list', 'x', [], 422, 'invalid-parameter', 'body'],
    ['lists without end', 'x', '['.repeat(100_000), 422, 'invalid-parameter', 'body'],
    ['a field that nobody knows', 'x', { ...xor, layer: [] }, 422, 'invalid-parameter', 'layer'],
    ['no layers', 'x', { ...xor, layers: [] }, 422, 'invalid-parameter', 'layers'],
    [
      'an unknown layer',
      'x',
      { ...xor, layers: [{ type: 'dense' }] },
      422,
      'invalid-parameter',
      'layers[0].type',
    ],
    [
      'a parameter that the layer lacks',
      'x',
      { ...xor, layers: [{ type: 'relu', slope: 1 }] },
      422,
      'invalid-parameter',
      'layers[0].slope',
    ],
    [
      'a layer that does not fit',
      'x',
      { ...xor, layers: [{ type: 'conv2d', filters: 1 }] },
      422,
      'invalid-parameter',
      'layers[0]',
    ],
    [
      'too many weights',
      'x',
      { input: [65_536], layers: [{ type: 'fullyConnected', units: 65_536 }] },
      422,
      'invalid-parameter',
      'layers',
    ],
    [
      'too large an input',
      'x',
      { input: [4096, 1024, 1024], layers: [{ type: 'relu' }] },
      422,
      'invalid-parameter',
      'input',
    ],
    ['labels that are too few', 'x', { ...xor, labels: ['one'] }, 422, 'invalid-parameter', 'labels'],
    ['a label of two lines', 'x', { ...xor, labels: ['a\nb', 'c'] }, 422, 'invalid-parameter', 'labels[0]'],
    ['an id that leads elsewhere', '..%2f..%2fetc', xor, 422, 'invalid-parameter', 'model'],
    ['an id with a version', 'xor@2', xor, 422, 'invalid-parameter', 'model'],
    ['the id of a built-in model', 'efficientnet-lite0', xor, 409, 'fixed-model', 'model'],
  ])('refuses %s', async (_what, id, body, status, type, parameter) => {
    const answer = await put(service, id, body)
    expect(answer.json()).toMatchObject({ status, type: `/problems/${type}`, errors: [{ parameter }] })
    expect(service.engine.networks.get('x')).toBeUndefined()
  })

  test('names the layer and both shapes where they do not fit', async () => {
    const layers = [
      { type: 'conv2d', filters: 2, name: 'first' },
      { type: 'relu' },
      { type: 'conv2d', filters: 3 },
    ]
    const crossed = { input: [1, 8, 8], layers: [...layers, { type: 'add', with: 'first' }] }
    const message = 'layer add_1: expected an output of [3,4,4], got [2,6,6] of first'
    expect((await put(service, 'x', crossed)).json()).toMatchObject({
      detail: 'Layer add_1: expected an output of [3,4,4], got [2,6,6] of first.',
      errors: [{ parameter: 'layers[3].with', message }],
    })
  })

  test('refuses a body of another type', async () => {
    expect((await put(service, 'x', 'a,b', { 'content-type': 'image/png' })).statusCode).toBe(415)
  })
})

describe('a network serves', () => {
  test('predictions of numbers in JSON', async () => {
    await put(service, 'xor', xor)
    const answers = (
      await ask(service, 'xor/predict?scores=all', rows([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]))
    ).json()
    expect(answers.map(({ logits }: { logits: { data: number[] } }) => logits.data)).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ])
    expect(answers[1].predictions[0]).toMatchObject({ label: 'different', score: 1 })
  })

  test('predictions of what overflows, with a warning', async () => {
    const answers = (await ask(service, 'xor/predict', rows([2, 2], [3e38, -3e38, 0, 1]))).json()
    expect(answers[0].predictions[0]).toMatchObject({ probability: null, score: null })
    expect(answers.map(({ warnings }: { warnings: string[] }) => warnings)).toEqual([
      ['a score is not finite: the model overflowed'],
      [],
    ])
  })

  test('predictions of an NPY array, and of a picture', async () => {
    await put(service, 'digits', digits)
    const array = writeNpy({ shape: [1, 1, 8, 8], data: new Float32Array(64).fill(0.5) })
    const ofArray = (await ask(service, 'digits/predict', array, NPY_TYPE)).json()
    const ofPicture = (
      await ask(service, 'digits/predict', await png(), { 'content-type': 'image/png' })
    ).json()
    for (const { predictions } of [ofArray, ofPicture])
      expect(
        predictions.reduce((sum: number, { probability }: { probability: number }) => sum + probability, 0),
      ).toBeCloseTo(1, 5)
  })

  test('gradients, in the shape that the numbers came in', async () => {
    await put(service, 'xor', xor)
    const { map, target } = (
      await ask(service, 'xor/explain?target=different&channels=none&format=json', rows([1, 2], [3, 1]))
    ).json()
    expect(target).toMatchObject({ label: 'different', score: 2 })
    expect(map).toEqual({ shape: [2], datatype: 'FP32', data: [1, -1] })
  })

  test.each(['gradient', 'smoothgrad', 'integrated-gradients', 'guided-backprop'])(
    'maps of numbers as picture, JSON and NPY: %s',
    async (method) => {
      await put(service, 'bits', bits)
      const input = writeNpy({ shape: [1, 2, 4, 1], data: Float32Array.from([0, 1, 1, 0, 1, 0, 1, 1]) })
      const url = `bits/explain?method=${method}`
      expect((await ask(service, url, input, NPY_TYPE)).headers['content-type']).toBe('image/png')
      const { rawPayload } = await ask(service, `${url}&format=npy`, input, NPY_TYPE)
      expect(readNpy(rawPayload).shape).toEqual([4, 1])
    },
  )

  test('grad-cam where it has a grid, and says so where it has none', async () => {
    await put(service, 'digits', digits)
    await put(service, 'xor', xor)
    const picture = await ask(service, 'digits/explain?method=grad-cam&layer=relu_1', await png(), {
      'content-type': 'image/png',
    })
    expect(picture.statusCode).toBe(200)
    const none = (await ask(service, 'xor/explain?method=grad-cam', rows([1, 2], [0, 1]))).json()
    expect(none).toMatchObject({ status: 422, detail: 'The model has no layer that keeps height and width.' })
  })

  test('the new one once another took its place', async () => {
    await put(service, 'changing', xor)
    await ask(service, 'changing/predict', rows([1, 2], [0, 1]))
    await put(service, 'changing', {
      ...xor,
      labels: undefined,
      layers: [{ type: 'fullyConnected', units: 1, weights: [[5, 0]] }],
    })
    const { predictions, warnings } = (await ask(service, 'changing/predict', rows([1, 2], [2, 1]))).json()
    expect(predictions).toEqual([{ index: 0, label: 'class 0', probability: 1, score: 10 }])
    expect(warnings).toEqual([expect.stringMatching('one output')])
  })

  test.each([
    ['a picture of a network of numbers', 'xor/predict', undefined, 415],
    ['numbers of another shape', 'xor/predict', rows([1, 3], [0, 1, 2]), 422],
    ['one input without the batch', 'xor/predict', rows([2], [0, 1]), 422],
    [
      'a colour for numbers',
      'xor/explain?method=integrated-gradients&baseline=white',
      rows([1, 2], [0, 1]),
      422,
    ],
  ])('refuses %s', async (_what, path, body, status) => {
    await put(service, 'xor', xor)
    const answer = body
      ? await ask(service, path, body)
      : await ask(service, path, await png(), { 'content-type': 'image/png' })
    expect(answer.statusCode).toBe(status)
    expect(answer.json().detail).toMatch(/xor/)
  })
})

describe('GET /v1/models/{model}/model.onnx', () => {
  test('is the network, with its layers by name and a free batch', async () => {
    await put(service, 'xor', xor)
    const { headers, rawPayload } = await get(service, 'xor/model.onnx')
    expect(headers['content-disposition']).toBe('attachment; filename="xor.onnx"')
    const { layers } = importOnnx(rawPayload)
    expect([...layers.keys()]).toEqual(expect.arrayContaining(['differences', 'relu_1', 'fullyConnected_2']))
  })

  test('is the very file of a model that came with the service', async () => {
    const { rawPayload } = await get(service, 'efficientnet-lite0/model.onnx')
    expect(importOnnx(rawPayload, { inputSize: { height: 224, width: 224 } }).layers.size).toBeGreaterThan(
      100,
    )
  })

  test('is 404 where there is no model', async () =>
    expect((await get(service, 'nothing/model.onnx')).statusCode).toBe(404))
})

describe('DELETE /v1/models/{model}', () => {
  test('removes a network', async () => {
    await put(service, 'gone', xor)
    expect((await remove(service, 'gone')).statusCode).toBe(204)
    expect((await get(service, 'gone')).statusCode).toBe(404)
    expect((await remove(service, 'gone')).statusCode).toBe(404)
  })

  test('leaves a built-in model alone, in a sentence', async () => {
    expect((await remove(service, 'efficientnet-lite0')).json()).toMatchObject({
      status: 409,
      detail: 'The model efficientnet-lite0 was not made here: it stays as it is.',
    })
  })
})

describe('with DATA_DIR', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'data-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const started = async (work: (service: Service) => Promise<void>) => {
    const own = await startService({ WORKERS: '1', DATA_DIR: folder })
    await work(own).finally(() => stopService(own))
  }

  test('networks survive a restart, and what is removed does not come back', async () => {
    const input = rows([1, 2], [3, 1])
    let before: unknown
    await started(async (first) => {
      expect((await put(first, 'xor', xor)).json().kept).toBe('disk')
      await put(first, 'other', bits)
      await put(first, 'other', digits)
      await put(first, 'gone', bits)
      await remove(first, 'gone')
      before = (await ask(first, 'xor/predict?scores=all', input)).json().logits
    })
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['other', 'xor'])
    await started(async (second) => {
      expect((await ask(second, 'xor/predict?scores=all', input)).json().logits).toEqual(before)
      expect((await get(second, 'xor')).json().labels).toEqual(xor.labels)
      expect((await get(second, 'other')).json().shape).toEqual([1, 8, 8])
      expect((await get(second, 'gone')).statusCode).toBe(404)
    })
  })

  test('a broken folder is listed with its reason, and the start goes on; PUT and DELETE put an end to it', async () => {
    for (const id of ['broken', 'worse']) mkdirSync(join(folder, id))
    await started(async (own) => {
      const reason = 'network.json: the file is missing'
      expect((await get(own, 'broken')).json()).toEqual({ id: 'broken', status: 'unusable', problem: reason })
      expect((await ask(own, 'broken/predict', rows([1, 2], [0, 1]))).statusCode).toBe(409)
      expect((await put(own, 'broken', xor)).statusCode).toBe(201)
      expect((await get(own, 'broken')).json().status).toBe('available')
      for (const id of ['broken', 'worse']) expect((await remove(own, id)).statusCode).toBe(204)
    })
    expect(
      readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['other', 'xor'])
  })

  test('a network called as a model that is there already is unusable, and the other stays', async () => {
    cpSync(join(folder, 'xor'), join(folder, 'efficientnet-lite0'), { recursive: true })
    await started(async (own) => {
      expect((await get(own, 'efficientnet-lite0')).json().classes).toBe(1000)
      const { models } = (await own.app.inject({ url: '/v1/models' })).json()
      expect(models).toContainEqual({
        id: 'efficientnet-lite0',
        status: 'unusable',
        problem: 'there is another model called efficientnet-lite0',
      })
      expect((await remove(own, 'efficientnet-lite0')).statusCode).toBe(409)
    })
    rmSync(join(folder, 'efficientnet-lite0'), { recursive: true })
  })

  test('what it kept is served as a model folder of MODELS_DIR too', async () => {
    const own = await startService({ WORKERS: '1', MODELS_DIR: folder })
    const { logits } = (await ask(own, 'xor/predict?scores=all', rows([1, 2], [3, 1]))).json()
    await stopService(own)
    expect(logits.data).toEqual([-1, 2])
  })
})
