import { expect, test } from 'vitest'
import { fakeEngine, png, testApp } from '../helpers/app.ts'

test('smoke', async () => {
  const engine = fakeEngine()
  const app = await testApp({ engine })
  const post = async (url: string, body: Buffer | undefined, headers: Record<string, string> = { 'content-type': 'image/png' }) => {
    const r = await app.inject({ method: 'POST', url, ...(body && { payload: body }), headers })
    console.log(url, r.statusCode, JSON.stringify(r.headers), r.headers['content-type']?.includes('json') ? r.body.slice(0, 700) : r.rawPayload.length)
    return r
  }
  const image = await png()
  await post('/v1/models/tiny/explain', image)
  await post('/v1/models/tiny/explain?format=json&method=integrated-gradients', image)
  await post('/v1/models/tiny/explain?format=npy&target=6', image)
  await post('/v1/models/tiny/predict?scores=all&top=2', image)
  await post('/v1/models/tiny/explain?stepz=3&steps=0x10&method=integrated-gradients&seed=1e309&opacity=&target=top&target=2', image)
  await post('/v1/models/tiny/explain?method=grad-cm&steps=4', image)
  await post('/v1/models/tiny/explain?steps=4&layer=x', image)
  await post('/v1/models/tinyy/explain', image)
  await post('/v1/models/tiny/explain', undefined, {})
  await post('/v1/models/tiny/explain', Buffer.from('hello'), { 'content-type': 'application/x-www-form-urlencoded' })
  await post('/v1/models/tiny/explain', Buffer.from('hello'))
  expect(engine.held()).toBe(0)
  for (const [m, u] of [['GET', '/v1'], ['GET', '/v1/models'], ['GET', '/v1/models/tiny'], ['GET', '/v1/methods'], ['DELETE', '/v1/models'], ['OPTIONS', '/v1/models'], ['HEAD', '/v1'], ['GET', '/nope'], ['GET', '/v1/models/%zz'], ['GET', `/v1/models/${'x'.repeat(300)}`], ['GET', '/problems/queue-full']] as const) {
    const r = await app.inject({ method: m, url: u })
    console.log(m, u.slice(0, 40), r.statusCode, JSON.stringify(r.headers), r.body.slice(0, 300))
  }
})
