import { expect, test, vi } from 'vitest'
import { fakeEngine, png, testApp } from '../helpers/app.ts'
import { post } from '../helpers/requests.ts'

const image = await png()

test('decodes only as many pictures as can soon run, however many wait', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const engine = fakeEngine({ places: 8, work: () => gate })
  const app = await testApp({ engine, config: { workers: 1 } })
  const answers = Array.from({ length: 6 }, () => post(app, { body: image }))
  await vi.waitFor(() => expect(engine.held()).toBe(6))
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(3))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(engine.jobs).toHaveLength(3)
  open()
  expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200))
  expect(engine.held()).toBe(0)
})

test('gives the place back before the answer is written, and when the work fails', async () => {
  const engine = fakeEngine({ places: 1, work: () => Promise.reject(new Error('boom')) })
  const app = await testApp({ engine })
  for (let i = 0; i < 3; i++) expect((await post(app, { body: image })).statusCode).toBe(500)
  expect(engine.held()).toBe(0)
})

test('an error that nobody foresaw is logged, and the client learns only its request id', async () => {
  const logged: object[] = []
  const { pino } = await import('pino')
  const logger = pino({ level: 'error' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const app = await testApp({
    engine: fakeEngine({ work: () => Promise.reject(new Error('secret')) }),
    logger,
  })
  const answer = await post(app, { body: image })
  expect(answer.json()).toMatchObject({
    type: '/problems/internal-error',
    instance: answer.headers['x-request-id'],
  })
  expect(answer.body).not.toContain('secret')
  expect(logged).toMatchObject([{ reqId: answer.headers['x-request-id'], err: { message: 'secret' } }])
})
