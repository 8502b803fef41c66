import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'
import { readGivenNetworks } from '../../src/models/given-networks.ts'
import { readRegistry } from '../../src/models/registry.ts'
import { openNetworks } from '../../src/models/served-networks.ts'
import { FORM, form, part } from '../helpers/requests.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'

const layers = [{ type: 'fullyConnected', units: 2, weights: [1, 2, 3, 4] }, { type: 'relu' }]

let root = ''
let service: Service
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'given-'))
  const maker = await startService({ DATA_DIR: root })
  for (const url of ['/v1/models/whole', '/v1/models/damaged'])
    await maker.app.inject({ method: 'PUT', url, payload: { input: [2], layers, labels: ['no', 'yes'] } })
  await stopService(maker)
  writeFileSync(join(root, 'damaged', 'network.json'), '{')
  service = await startService({ MODELS_DIR: root })
}, 60_000)
afterAll(async () => {
  await stopService(service)
  rmSync(root, { recursive: true })
})

const post = (url: string, payload: object) =>
  service.app.inject({ method: 'POST', url: `/v1/models/${url}`, payload })

describe('a folder of DATA_DIR in MODELS_DIR', () => {
  it('runs, and can be looked into', async () => {
    const { output } = (await post('whole/gradients', { input: [1, 1] })).json()
    expect(output.data).toEqual([[3, 7]])
    const trace = await post('whole/trace', { input: [1, -1], target: 1 })
    expect(trace.json().layers.map(({ name }: { name: string }) => name)).toEqual([
      'fullyConnected_1',
      'relu_1',
    ])
    const predicted = await post('whole/predict', { shape: [1, 2], datatype: 'FP32', data: [1, 1] })
    expect(predicted.json().predictions[0].label).toBe('yes')
  })

  it('stays as it is', async () => {
    const put = { method: 'PUT', url: '/v1/models/whole', payload: { input: [2], layers } } as const
    expect((await service.app.inject(put)).statusCode).toBe(409)
    const removed = await service.app.inject({ method: 'DELETE', url: '/v1/models/whole' })
    expect(removed.statusCode).toBe(409)
  })

  it('runs also when only its ONNX file is whole, and its problem is told', async () => {
    const predicted = await post('damaged/predict', { shape: [1, 2], datatype: 'FP32', data: [1, 1] })
    expect(predicted.statusCode).toBe(200)
    expect((await post('damaged/gradients', { input: [1, 1] })).json().type).toBe('/problems/not-a-network')
    const networks = await openNetworks(await readRegistry('models', root), undefined)
    expect(await networks.readGiven()).toEqual([
      { id: 'damaged', reason: expect.stringContaining('is not JSON') },
    ])
  })
})

describe('mnist-cnn, which is built in', () => {
  it('tells how it was trained, and what becomes of a digit in it', async () => {
    const { epochs, diagnostics } = (await service.app.inject('/v1/models/mnist-cnn/history')).json()
    expect(epochs.length).toBeGreaterThan(1)
    expect(diagnostics.at(-1).layers.map(({ name }: { name: string }) => name)).toContain('logits')
    const blank = [new Array(28).fill(new Array(28).fill(0))]
    const { layers } = (
      await post('mnist-cnn/trace', { input: blank, target: 7, loss: 'cross-entropy' })
    ).json()
    expect(layers.at(-1)).toMatchObject({ name: 'logits', output: { shape: [1, 10] } })
  })

  describe('traces a picture', () => {
    /** A picture of a 7, white on black. */
    const seven = readFileSync('test/fixtures/photos/seven.png')
    const traced = (query: string, body: Buffer = seven, type = 'image/png') =>
      service.app.inject({
        method: 'POST',
        url: `/v1/models/mnist-cnn/trace${query}`,
        headers: { 'content-type': type },
        payload: body,
      })

    it('as predict takes it, with its class in the query', async () => {
      const answer = (await traced('?target=7')).json()
      expect(answer.loss.id).toBe('cross-entropy')
      expect(answer.loss.value).toBeLessThan(0.1)
      const scores: number[] = answer.output.data.flat()
      expect(scores.indexOf(Math.max(...scores))).toBe(7)
      expect((await traced('?target=3')).json().loss.value).toBeGreaterThan(5)
    })

    it('as a picture, and from an array', async () => {
      const picture = await traced('?target=7&format=png')
      expect(picture.headers['content-type']).toBe('image/png')
      const array = writeNpy({ shape: [1, 1, 28, 28], data: new Float32Array(784) })
      expect((await traced('?target=0', array, 'application/x-npy')).statusCode).toBe(200)
    })

    it.each([
      ['', 'target', /its number, or its label/],
      ['?target=top', 'target', /got "top"/],
      ['?target=10', 'target', /from 0 to 9/],
      ['?target=7&los=mse', 'los', /did you mean "loss"/],
    ])('not with %s', async (query, parameter, says) => {
      const answer = (await traced(query)).json()
      expect(answer).toMatchObject({ status: 422, errors: [{ parameter }] })
      expect(answer.detail).toMatch(says)
    })

    it('not with parameters both in the query and in JSON', async () => {
      const body = Buffer.from(JSON.stringify({ input: [[]], target: 7 }))
      const answer = (await traced('?target=7', body, 'application/json')).json()
      expect(answer).toMatchObject({ status: 422, errors: [{ parameter: 'target' }] })
    })

    it('not of two pictures', async () => {
      const two = form(
        ...[1, 2].map(() => part(seven, 'content-disposition: form-data; name="image"; filename="a"')),
      )
      const answer = await service.app.inject({
        method: 'POST',
        url: '/v1/models/mnist-cnn/trace?target=7',
        headers: FORM,
        payload: two,
      })
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ parameter: 'image' }] })
    })
  })

  it('is the network of its ONNX file: the same scores', async () => {
    const input = [
      Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => ((x * y) % 9) / 9)),
    ]
    const { output } = (await post('mnist-cnn/gradients', { input, precision: 'float64' })).json()
    const payload = { shape: [1, 1, 28, 28], datatype: 'FP32', data: [input] }
    const answer = (await post('mnist-cnn/predict?scores=all', payload)).json()
    const scores = answer.logits.data.flat()
    scores.forEach((score: number, i: number) => {
      expect(score).toBeCloseTo(output.data[0][i], 3)
    })
    expect(scores).toHaveLength(10)
  })
})

it('of a model whose folder cannot be read the rest is read', async () => {
  const other = mkdtempSync(join(tmpdir(), 'given-'))
  cpSync(join(root, 'whole'), join(other, 'copy'), { recursive: true })
  rmSync(join(other, 'copy', 'weights', 'fullyConnected_1.weight.npy'))
  const given = await readGivenNetworks(await readRegistry('models', other))
  rmSync(other, { recursive: true })
  expect([...given.networks.keys()]).toEqual(['mnist-cnn'])
  expect(given.broken).toEqual([{ id: 'whole', reason: expect.stringContaining('the file is missing') }])
})
