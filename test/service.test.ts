import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpy } from '../src/imaging/npy.ts'
import { type Service, startService, stopService } from './helpers/service.ts'

const photo = (name: string): Buffer => readFileSync(`test/fixtures/photos/${name}`)
const MODEL = '/v1/models/efficientnet-lite0'

const post = ({ app }: Service, url: string, body: Buffer, type = 'image/png') =>
  app.inject({ method: 'POST', url: `${MODEL}/${url}`, payload: body, headers: { 'content-type': type } })

describe('the service with its built-in model', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => stopService(service))

  it.each([
    ['chelsea.png', 'tiger cat', 0.385],
    ['coffee.png', 'espresso', 0.951],
    ['rocket.jpg', 'missile', 0.286],
    ['camera.png', 'tripod', 0.937],
    ['astronaut.png', 'football helmet', 0.162],
  ])('sees in %s a %s', async (name, label, probability) => {
    const type = name.endsWith('jpg') ? 'image/jpeg' : 'image/png'
    const { predictions } = (await post(service, 'predict?top=1', photo(name), type)).json()
    expect(predictions[0].label).toBe(label)
    expect(Math.abs(predictions[0].probability - probability)).toBeLessThan(0.03)
  })

  it('answers a bare curl with the photo under its saliency map, and says of which class', async () => {
    const { statusCode, headers, rawPayload } = await post(service, 'explain', photo('chelsea.png'))
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('image/png')
    expect(headers['gradlens-label']).toBe('tiger%20cat')
    expect(headers['server-timing']).toMatch(/decode;dur=.*gradient;dur=/)
    // Width and height in the PNG's header: those of the whole photo.
    expect([rawPayload.readUInt32BE(16), rawPayload.readUInt32BE(20)]).toEqual([451, 300])
  })

  it.each([
    ['gradient', 'method=gradient&channels=none&crop=1&format=npy', 1e-3],
    ['guided-backprop', 'method=guided-backprop&channels=none&crop=1&format=npy', 1e-3],
    ['deconvnet', 'method=deconvnet&channels=none&crop=1&format=npy', 1e-3],
    ['grad-cam-raw', 'method=grad-cam&relu=false&upsample=none&crop=1&format=npy', 1e-3],
  ])('agrees with PyTorch on the cat over HTTP: %s', async (id, query, bound) => {
    const body = readFileSync('test/fixtures/efficientnet-lite0/cat-224.png')
    const { rawPayload } = await post(service, `explain?target=282&${query}`, body)
    const got = readNpy(rawPayload)
    const expected = readNpy(readFileSync(`test/fixtures/efficientnet-lite0/cat.${id}.npy`))
    expect(got.shape).toEqual(expected.shape)
    const norm = (data: ArrayLike<number>) => Math.hypot(...chunkNorms(data))
    const difference = Float64Array.from(got.data, (v, i) => v - (expected.data[i] ?? 0))
    expect(norm(difference) / norm(expected.data)).toBeLessThanOrEqual(bound)
  })

  it('agrees with PyTorch on the cat over HTTP: logits', async () => {
    const png = readFileSync('test/fixtures/efficientnet-lite0/cat-224.png')
    const { logits } = (await post(service, 'predict?scores=all&crop=1', png)).json()
    const expected = readNpy(readFileSync('test/fixtures/efficientnet-lite0/cat.logits.npy'))
    expect(logits).toMatchObject({ shape: [1000], datatype: 'FP32' })
    const largest = Math.max(...expected.data.map(Math.abs))
    for (const [i, score] of logits.data.entries())
      expect(Math.abs(score - (expected.data[i] ?? Number.NaN))).toBeLessThanOrEqual(1e-4 * largest)
  })
})

describe('a bad layer', () => {
  it('is named beside other bad parameters, also before the model was ever used', async () => {
    const service = await startService({ WORKERS: '1' })
    const query = 'explain?method=grad-cam&layer=nope&target=5000&foo=1'
    const answer = await post(service, query, photo('chelsea.png'))
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors.map(({ parameter }: { parameter: string }) => parameter)).toEqual([
      'foo',
      'target',
      'layer',
    ])
    await stopService(service)
  })
})

/** Norms of pieces, short enough to be arguments of one call. */
function chunkNorms(data: ArrayLike<number>): number[] {
  const all = Float64Array.from(data)
  return Array.from({ length: Math.ceil(all.length / 1000) }, (_, i) =>
    Math.hypot(...all.subarray(i * 1000, (i + 1) * 1000)),
  )
}

describe('the same request', () => {
  let services: readonly Service[] = []
  beforeAll(async () => {
    services = await Promise.all(['1', '2', '3'].map((WORKERS) => startService({ WORKERS })))
  })
  afterAll(() => Promise.all(services.map(stopService)))

  it.each(['gradient', 'smoothgrad&samples=5&seed=3', 'integrated-gradients&steps=6', 'grad-cam'])(
    'gives the same bytes twice and on any number of threads: %s',
    async (method) => {
      const answers: Buffer[] = []
      for (const service of [...services, ...services]) {
        const { statusCode, rawPayload } = await post(
          service,
          `explain?method=${method}&format=npy`,
          photo('coffee.png'),
        )
        expect(statusCode).toBe(200)
        answers.push(rawPayload)
      }
      const [first, ...others] = answers
      expect(others.every((answer) => first?.equals(answer))).toBe(true)
    },
  )

  it.each(['gradient', 'gradient&target=7', 'gradient&channels=none', 'guided-backprop', 'grad-cam'])(
    'gives the same bytes alone and among others, with which it runs: %s',
    async (method) => {
      const [service] = services
      if (!service) throw new Error('no service was started')
      const photos = ['coffee.png', 'chelsea.png', 'astronaut.png', 'camera.png', 'coffee.png'].map((name) =>
        photo(name),
      )
      const explain = (body: Buffer) => post(service, `explain?method=${method}&format=npy`, body)
      const together = await Promise.all(photos.map(explain))
      // runs of two have one time, to the last digit
      const times = together.map(
        ({ headers }) => /gradient;dur=[\d.]+/.exec(`${headers['server-timing']}`)?.[0],
      )
      expect(new Set(times).size).toBeLessThan(times.length)
      for (const [i, body] of photos.entries()) {
        const alone = await explain(body)
        expect(alone.statusCode).toBe(200)
        expect(together[i]?.rawPayload.equals(alone.rawPayload)).toBe(true)
        expect(together[i]?.headers['gradlens-target']).toBe(alone.headers['gradlens-target'])
      }
    },
  )
})

describe('a request that is given up', () => {
  const LONG = 'explain?method=integrated-gradients&steps=1000'

  /** Resolves when no worker computes any more. */
  async function quiet({ engine }: Service): Promise<void> {
    while (engine.stats().busy > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  const send = (origin: string, signal?: AbortSignal) =>
    fetch(`${origin}${MODEL}/${LONG}`, {
      method: 'POST',
      body: new Uint8Array(photo('chelsea.png')),
      headers: { 'content-type': 'image/png' },
      ...(signal && { signal }),
    })

  it('ends with 504 at its deadline, stops computing, and leaves the service unharmed', async () => {
    const service = await startService({ DEADLINE_MS: '2000' })
    const late = await send(await service.app.listen({ host: '127.0.0.1', port: 0 }))
    expect(late.status).toBe(504)
    expect(await late.json()).toMatchObject({ type: '/problems/deadline-exceeded' })
    await quiet(service)
    expect((await post(service, 'predict', photo('chelsea.png'))).statusCode).toBe(200)
    await stopService(service)
  })

  it('stops computing when its client goes', async () => {
    const service = await startService({ WORKERS: '2' })
    const origin = await service.app.listen({ host: '127.0.0.1', port: 0 })
    const client = new AbortController()
    const gone = send(origin, client.signal)
    while (service.engine.stats().busy === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    client.abort()
    await expect(gone).rejects.toThrow()
    await quiet(service)
    expect((await post(service, 'explain', photo('chelsea.png'))).statusCode).toBe(200)
    await stopService(service)
  })
})
