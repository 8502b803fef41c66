import { unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readNpy } from '../../src/imaging/npy.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { explanationSchema } from '../../src/schemas/explanation.ts'
import { fakeEngine, png, testApp } from '../helpers/app.ts'
import { EXPLAIN, FORM, form, npy, part, post } from '../helpers/requests.ts'

const image = await png(32, 16)
const small = await png(8, 8)
const NPY = { 'content-type': 'application/x-npy' }

describe('the format of the answer', () => {
  const rows: readonly [accept: string | undefined, query: string, type: string][] = [
    [undefined, '', 'image/png'],
    ['*/*', '', 'image/png'],
    ['image/*', '', 'image/png'],
    ['image/webp', '', 'image/webp'],
    ['application/json', '', 'application/json'],
    ['application/x-npy', '', 'application/x-npy'],
    ['application/zip', '', 'application/zip'],
    ['text/html, application/json;q=0.5, image/webp;q=0.7', '', 'image/webp'],
    ['image/png;q=0, image/*', '', 'image/webp'],
    ['image/avif,image/webp,image/apng,*/*;q=0.8', '', 'image/webp'],
    ['IMAGE/PNG', '', 'image/png'],
    ['application/json', 'format=webp', 'image/webp'],
    ['text/html', 'format=json', 'application/json'],
  ]
  test.each(rows)('is, for Accept %s and ?%s, %s', async (accept, query, type) => {
    const app = await testApp()
    const answer = await post(app, {
      body: image,
      query,
      headers: { 'content-type': 'image/png', ...(accept && { accept }) },
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']?.toString().split(';')[0]).toBe(type)
    expect(answer.headers.vary).toBe(query ? undefined : 'accept')
  })
})

test('draws on the whole photo, or on the crop at the size of the model', async () => {
  const app = await testApp()
  const sizeOf = async (query: string) => {
    const { width, height } = await sharp((await post(app, { body: image, query })).rawPayload).metadata()
    return [width, height]
  }
  expect(await sizeOf('')).toEqual([32, 16])
  expect(await sizeOf('view=side-by-side')).toEqual([64, 16])
  expect(await sizeOf('size=model&view=heatmap&colormap=rdbu&opacity=1')).toEqual([8, 8])
})

test.each(['', 'crop=0.875', 'fit=contain'])('takes a picture of one pixel with ?%s', async (query) => {
  expect((await post(await testApp(), { body: await png(1, 1), query })).statusCode).toBe(200)
})

test('tells in JSON everything that the map depends on', async () => {
  const app = await testApp()
  const answer = await post(app, {
    body: image,
    query: 'format=json&method=integrated-gradients&steps=12&baseline=white&seed=7&target=Tiger%20CAT',
  })
  const body = answer.json()
  expect(explanationSchema.parse(body)).toEqual(body)
  expect(body).toMatchObject({
    model: 'tiny',
    version: '1',
    method: 'integrated-gradients',
    parameters: {
      of: 'logit',
      channels: 'max',
      fit: 'cover',
      crop: 0.875,
      steps: 12,
      rule: 'gauss-legendre',
      baseline: 'white',
    },
    target: { index: 1, label: 'tiger cat', score: 3, probability: 0.6 },
    image: { width: 32, height: 16 },
    crop: { left: 9, top: 1, width: 14, height: 14 },
    seed: 7,
    warnings: [],
    map: { shape: [8, 8], datatype: 'FP32' },
  })
  expect(body.map.data[1].slice(0, 3)).toEqual([0.8, 0.9, 1])
  expect(Object.keys(body.timings)).toEqual(['queue', 'decode', 'preprocess', 'plan', 'gradient', 'total'])
})

test('hands the engine what was asked, defaults filled in', async () => {
  const engine = fakeEngine()
  const app = await testApp({ engine })
  await post(app, { body: image, query: 'method=grad-cam&relu=false&layer=conv1&of=probability&target=0' })
  expect(engine.jobs[0]).toMatchObject({
    kind: 'explain',
    input: { shape: [1, 3, 8, 8] },
    method: 'grad-cam',
    params: { relu: false, upsample: 'bilinear' },
    target: 0,
    of: 'probability',
    channels: 'default',
    layer: 'conv1',
    seed: 0,
  })
})

describe('target', () => {
  const rows: readonly [text: string, target: number | 'top'][] = [
    ['top', 'top'],
    ['0', 0],
    ['007', 7],
    ['tench', 0],
    ['TIGER CAT', 1],
    ['Cardigan', 2],
    ['cardigan', 3],
    ['猫', 7],
  ]
  test.each(rows)('%s is class %s', async (text, target) => {
    const engine = fakeEngine()
    await post(await testApp({ engine }), { body: image, query: `target=${encodeURIComponent(text)}` })
    expect(engine.jobs[0]).toMatchObject({ target })
  })
})

test('prints a probability that was computed in double as a float32, in the answer and in its header', async () => {
  const app = await testApp({ engine: fakeEngine({ probability: 0.3845159689019826 }) })
  const answer = await post(app, { body: image, query: 'format=json' })
  expect(answer.json().target.probability).toBe(0.38451597)
  expect(answer.headers['gradlens-probability']).toBe('0.38451597')
})

describe('headers of a picture', () => {
  test('carry model, method, target, label, score and probability', async () => {
    const { headers } = await post(await testApp(), { body: image })
    expect(headers).toMatchObject({
      'gradlens-model': 'tiny%401',
      'gradlens-method': 'gradient',
      'gradlens-seed': '0',
      'gradlens-target': '1',
      'gradlens-label': 'tiger%20cat',
      'gradlens-score': '3',
      'gradlens-probability': '0.6',
    })
  })

  test.each([
    [6, 'línea\r\nx-evil: 1'],
    [7, '猫'],
  ])('hold label %i whatever is in it', async (target, label) => {
    const { headers, statusCode } = await post(await testApp({ engine: fakeEngine({ target }) }), {
      body: image,
    })
    expect(statusCode).toBe(200)
    expect(headers).not.toHaveProperty('x-evil')
    expect(decodeURIComponent(`${headers['gradlens-label']}`)).toBe(label)
  })
})

describe('a batch', () => {
  const batch = form(
    part(image),
    part(small),
    part(
      npy(),
      'content-disposition: form-data; name="image"; filename="a"\r\ncontent-type: application/x-npy',
    ),
  )

  test('is answered with an array in order', async () => {
    const app = await testApp()
    const answers = (await post(app, { body: batch, headers: FORM, query: 'format=json' })).json()
    expect(answers.map(({ image }: { image?: { width: number } }) => image?.width)).toEqual([
      32,
      8,
      undefined,
    ])
  })

  test.each([
    ['webp', 'webp'],
    ['zip', 'png'],
  ])('is answered with a zip of pictures when %s is asked for', async (format, kind) => {
    const answer = await post(await testApp(), { body: batch, headers: FORM, query: `format=${format}` })
    expect(answer.headers['content-type']).toBe('application/zip')
    expect(answer.headers['gradlens-label']).toBe('tiger%20cat, tiger%20cat, tiger%20cat')
    const files = unzipSync(answer.rawPayload)
    expect(Object.keys(files)).toEqual([0, 1, 2].map((i) => `image-${i}.${kind}`))
    expect((await sharp(Buffer.from(files[`image-0.${kind}`] ?? [])).metadata()).width).toBe(32)
  })

  test('is answered with one array of maps as NPY', async () => {
    const answer = await post(await testApp(), { body: batch, headers: FORM, query: 'format=npy' })
    expect(readNpy(answer.rawPayload)).toMatchObject({ shape: [3, 8, 8], dtype: '<f4' })
  })

  test('of one picture is answered as that picture', async () => {
    const answer = await post(await testApp(), { body: form(part(image)), headers: FORM })
    expect(answer.headers['content-type']).toBe('image/png')
  })
})

describe('a tensor', () => {
  test('goes to the model as it is', async () => {
    const engine = fakeEngine()
    const answer = await post(await testApp({ engine }), {
      body: npy([1, 3, 8, 8], 0.25),
      headers: NPY,
      query: 'format=json',
    })
    expect(engine.jobs[0]?.input.data).toEqual(new Float32Array(192).fill(0.25))
    expect(answer.json()).not.toHaveProperty('crop')
    expect(answer.json().parameters).not.toHaveProperty('fit')
  })

  test('is drawn as it looks before its preprocessing', async () => {
    const answer = await post(await testApp(), {
      body: npy([1, 3, 8, 8], 0.5),
      headers: NPY,
      query: 'opacity=0',
    })
    const { data, info } = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, ...data.subarray(0, 3)]).toEqual([8, 8, 191, 191, 191])
  })

  test('of several images is a batch', async () => {
    const answer = await post(await testApp(), {
      body: npy([2, 3, 8, 8]),
      headers: NPY,
      query: 'format=json',
    })
    expect(answer.json()).toHaveLength(2)
  })

  test.each([
    [
      'nested',
      Array.from({ length: 1 }, () => new Array(3).fill(new Array(8).fill(new Array(8).fill(0.25)))),
    ],
    ['flat', new Array(192).fill(0.25)],
  ])('is taken as JSON, %s', async (_, data) => {
    const engine = fakeEngine()
    const answer = await post(await testApp({ engine }), {
      body: JSON.stringify({ shape: [1, 3, 8, 8], datatype: 'FP32', data }),
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/png'])
    expect(engine.jobs[0]?.input.data).toEqual(new Float32Array(192).fill(0.25))
  })

  test('in JSON of several images is a batch, and may be a part of a form', async () => {
    const engine = fakeEngine()
    const app = await testApp({ engine })
    const body = JSON.stringify({ shape: [2, 3, 8, 8], datatype: 'FP32', data: new Array(384).fill(0.25) })
    const raw = await post(app, {
      body,
      headers: { 'content-type': 'application/json' },
      query: 'format=json',
    })
    expect(raw.json()).toHaveLength(2)
    const type =
      'content-disposition: form-data; name="image"; filename="a"\r\ncontent-type: application/json'
    const parts = form(part(image), part(body, type))
    const answers = await post(app, { body: parts, headers: FORM, query: 'format=json' })
    expect(answers.json()).toHaveLength(3)
  })

  test('is recognised without its type', async () => {
    const engine = fakeEngine()
    await post(await testApp({ engine }), {
      body: npy(),
      headers: { 'content-type': 'application/octet-stream' },
    })
    expect(engine.jobs).toHaveLength(1)
  })
})

test('gives the same bytes for the same request', async () => {
  const app = await testApp()
  const [a, b] = await Promise.all([post(app, { body: image }), post(app, { body: image })])
  expect(a?.rawPayload.equals(b?.rawPayload ?? Buffer.alloc(0))).toBe(true)
})

test('takes a request id that fits, and makes one otherwise', async () => {
  const app = await testApp()
  const id = async (given: string) =>
    (await app.inject({ url: '/livez', headers: { 'x-request-id': given } })).headers['x-request-id']
  expect(await id('trace-1:2.3')).toBe('trace-1:2.3')
  expect(await id('a b')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await id('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/)
})

test('refuses while the service starts, before the body is read', async () => {
  const app = await testApp({ engine: fakeEngine({ ready: false }) })
  const answer = await post(app, { body: image })
  expect([answer.statusCode, answer.json().type, answer.headers['retry-after']]).toEqual([
    503,
    '/problems/not-ready',
    '1',
  ])
})

test('refuses when the queue is full, with the time to wait', async () => {
  const app = await testApp({ engine: fakeEngine({ places: 0 }) })
  const answer = await app.inject({
    method: 'POST',
    url: EXPLAIN,
    payload: image,
    headers: { 'content-type': 'image/png' },
  })
  expect([answer.statusCode, answer.json().type, answer.headers['retry-after']]).toEqual([
    503,
    '/problems/queue-full',
    '7',
  ])
})
