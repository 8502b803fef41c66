import { expect, test, vi } from 'vitest'
import { fakeEngine, png, testApp } from '../helpers/app.ts'
import { FORM, form, npy, PREDICT, part, post } from '../helpers/requests.ts'

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

test('decodes more pictures where requests are explained in one run, of those of one gradient each', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const engine = fakeEngine({ places: 20, work: () => gate, together: 2 })
  const app = await testApp({ engine, config: { workers: 1 } })
  const send = (count: number, query: string) =>
    Array.from({ length: count }, () => post(app, { query, body: image }))
  const predictions = Array.from({ length: 4 }, () => post(app, { url: PREDICT, body: image }))
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(3))
  const single = send(2, 'method=gradient')
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(4))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(engine.jobs.map(({ kind }) => kind)).toEqual(['predict', 'predict', 'predict', 'explain'])
  open()
  for (const { statusCode } of await Promise.all([...predictions, ...single])) expect(statusCode).toBe(200)
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

test('requests of several runs wait behind those of one', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const engine = fakeEngine({ places: 20, work: () => gate })
  const app = await testApp({ engine, config: { workers: 1 } })
  const batches = ['method=smoothgrad', 'method=integrated-gradients'].map((query) =>
    post(app, { query, body: image }),
  )
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))
  const singles = [post(app, { body: image }), post(app, { query: 'method=grad-cam', body: image })]
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(3))
  // of two requests of one kind, either may come first: they are decoded side by side
  const [first, ...others] = engine.jobs.map((job) => job.kind === 'explain' && job.method)
  expect(['smoothgrad', 'integrated-gradients']).toContain(first)
  expect(new Set(others)).toEqual(new Set(['gradient', 'grad-cam']))
  expect(engine.priorities()).toEqual(['batch', 'batch', 'interactive', 'interactive'])
  open()
  const answers = await Promise.all([...batches, ...singles])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
})

test.each([
  ['a batch of pictures', form(part(image), part(image)), FORM],
  ['a tensor of several inputs', npy([2, 3, 8, 8]), { 'content-type': 'application/x-npy' }],
])('%s is a request of several runs', async (_, body, headers) => {
  const engine = fakeEngine()
  const app = await testApp({ engine })
  expect((await post(app, { url: PREDICT, body, headers })).statusCode).toBe(200)
  expect(engine.priorities()).toEqual(['batch'])
})
