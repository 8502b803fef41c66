import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { problems } from '../../src/errors.ts'
import { methods } from '../../src/explain/index.ts'
import { explainParameters } from '../../src/schemas/explain.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'

describe('health', () => {
  test('is live and ready', async () => {
    const app = await testApp()
    for (const url of ['/livez', '/readyz']) {
      const answer = await app.inject({ url })
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }])
      expect(answer.headers['cache-control']).toBe('no-store')
    }
  })

  test('is live but not ready while it starts', async () => {
    const app = await testApp({ engine: fakeEngine({ ready: false }) })
    expect((await app.inject({ url: '/livez' })).statusCode).toBe(200)
    const ready = await app.inject({ url: '/readyz' })
    expect([ready.statusCode, ready.json().type]).toEqual([503, '/problems/not-ready'])
  })
})

test('/v1 tells version, host, kernels and where to go', async () => {
  const body = (await (await testApp()).inject({ url: '/v1' })).json()
  expect(body).toMatchObject({ name: 'gradlens', kernels: { conv: 'conv-fma' }, host: { workers: 2 } })
  const { paths }: { paths: Record<string, object> } = parse(readFileSync('openapi.yaml', 'utf8'))
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect([...body.paths].sort()).toEqual(documented.sort())
})

describe('models', () => {
  test('are listed, unusable ones with the reason', async () => {
    const { models } = (await (await testApp()).inject({ url: '/v1/models' })).json()
    expect(models).toEqual([
      expect.objectContaining({ id: 'tiny', status: 'available', classes: 8, layer: 'conv1' }),
      { id: 'broken', status: 'unusable', problem: 'model.onnx: the file is truncated' },
    ])
  })

  test('that cannot be used have nothing but the reason', async () => {
    const answer = await (await testApp()).inject({ url: '/v1/models/broken' })
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { id: 'broken', status: 'unusable', problem: 'model.onnx: the file is truncated' },
    ])
  })

  test.each(['tiny', 'tiny@1', 'tiny%401'])('are found by %s, with their labels', async (id) => {
    const body = (await (await testApp()).inject({ url: `/v1/models/${id}` })).json()
    expect([body.id, body.labels[7]]).toEqual(['tiny', '猫'])
  })
})

test.each(['/v1/models/', '/v1/models/none'])('no model is found at %s', async (url) => {
  const answer = await (await testApp()).inject({ url })
  expect([answer.statusCode, answer.json().type]).toEqual([404, '/problems/unknown-model'])
})

describe('methods', () => {
  test('are listed with the JSON Schema of each parameter', async () => {
    const body = (await (await testApp()).inject({ url: '/v1/methods' })).json()
    expect(body.methods.map(({ id }: { id: string }) => id)).toEqual([...methods.keys()])
    const ig = body.methods.find(({ id }: { id: string }) => id === 'integrated-gradients')
    expect(ig.parameters[0]).toMatchObject({
      name: 'steps',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
    })
    expect(body.parameters.map(({ name }: { name: string }) => name)).toEqual(
      Object.keys(explainParameters.shape),
    )
  })

  test('describe and give a default to every parameter, and take no common name', () => {
    for (const { id, params } of methods.values())
      for (const [name, schema] of Object.entries(params.shape)) {
        expect(schema.description, `${id}.${name}`).toBeTruthy()
        expect(schema.safeParse(undefined).success, `${id}.${name}`).toBe(true)
        expect(Object.keys(explainParameters.shape)).not.toContain(name)
      }
  })
})

describe('verbs', () => {
  const rows: readonly [
    method: 'DELETE' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'OPTIONS' | 'HEAD',
    url: string,
    status: number,
    allow: string | undefined,
  ][] = [
    ['DELETE', '/v1/models', 405, 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/models/tiny/explain', 405, 'POST, OPTIONS'],
    ['HEAD', '/v1/models/tiny/explain?top=1', 405, 'POST, OPTIONS'],
    ['POST', '/v1/models/tiny', 405, 'DELETE, GET, HEAD, PUT, OPTIONS'],
    ['POST', '/livez', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/v1/models/tiny/explain', 204, 'POST, OPTIONS'],
    ['OPTIONS', '/nowhere', 404, undefined],
    ['PATCH', '/nowhere', 404, undefined],
    ['HEAD', '/v1/models', 200, undefined],
    ['HEAD', '/openapi.yaml', 200, undefined],
  ]
  test.each(rows)('%s %s is answered with %i', async (method, url, status, allow) => {
    const answer = await (await testApp()).inject({ method, url })
    expect([answer.statusCode, answer.headers.allow]).toEqual([status, allow])
    if (method === 'HEAD' || status === 204) expect(answer.body).toBe('')
    expect(answer.headers['x-request-id']).toBeTruthy()
    expect(answer.headers['server-timing']).toBeTruthy()
  })
})

describe('problems', () => {
  test('are found where their type says', async () => {
    const app = await testApp()
    const { problems: listed } = (await app.inject({ url: '/problems' })).json()
    expect(listed).toHaveLength(Object.keys(problems).length)
    for (const row of listed) expect((await app.inject({ url: row.type })).json()).toEqual(row)
  })

  test.each(['nothing', 'constructor'])('of no type are 404: %s', async (type) => {
    const answer = await (await testApp()).inject({ url: `/problems/${type}` })
    expect([answer.statusCode, answer.json().type]).toEqual([404, '/problems/unknown-route'])
  })
})
