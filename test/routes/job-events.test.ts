import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fakeEngine, listeningApp } from '../helpers/app.ts'
import { train, xor } from '../helpers/trainings.ts'

const slow = () => fakeEngine({ chunkMs: 5, work: () => wait(20) })
/** One epoch that takes long: of many small steps. */
const longEpoch = {
  ...xor,
  data: {
    inputs: Array.from({ length: 5000 }, (_, i) => [i % 2, (i >> 1) % 2]),
    targets: Array.from({ length: 5000 }, (_, i) => (i % 2) ^ ((i >> 1) % 2)),
  },
  batchSize: 1,
  optimizer: { type: 'sgd', learningRate: 1e-4 },
  epochs: 100,
}

async function follow(
  origin: string,
  path: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
) {
  const answer = await fetch(`${origin}${path}/events`, { headers, ...(signal && { signal }) })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    /** all that has come, once it has what is looked for so many times, or has ended */
    until: async (wanted: string, times = 1): Promise<string> => {
      while (text.split(wanted).length <= times) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
        if (done) break
        text += value
      }
      return text
    },
  }
}

describe('GET /v1/jobs/{id}/events', () => {
  it('tells of the progress within an epoch', async () => {
    const { app, origin } = await listeningApp({ engine: slow() })
    const path = String((await train(app, longEpoch)).headers.location)
    const text = await (await follow(origin, path)).until('event: progress', 3)
    const [, data = '{}'] = /event: progress\nid: \d+\ndata: (.*)\n/.exec(text) ?? []
    expect(text).toMatch(/^retry: 2000\n\n/)
    expect(JSON.parse(data)).toMatchObject({ status: 'running', epoch: 0, steps: 500_000 })
    expect(JSON.parse(data).secondsLeft).toBeGreaterThan(0)
    expect(JSON.parse(data).samplesPerSecond).toBeGreaterThan(0)
    await app.inject({ method: 'DELETE', url: path })
  })

  it('tells of the progress to who has heard of more steps than were kept', async () => {
    const { app, origin } = await listeningApp({ engine: slow() })
    const path = String((await train(app, longEpoch)).headers.location)
    const text = await (await follow(origin, path, { 'last-event-id': '400000' })).until('event: progress', 3)
    expect(text.match(/event: progress/g)).toHaveLength(3)
    await app.inject({ method: 'DELETE', url: path })
  })

  it('goes on beyond the deadline of requests', async () => {
    const { app, origin } = await listeningApp({ engine: slow(), config: { deadlineMs: 300 } })
    const path = String((await train(app, longEpoch)).headers.location)
    const started = performance.now()
    await (await follow(origin, path)).until('event: progress', 30)
    expect(performance.now() - started).toBeGreaterThan(600)
    expect((await app.inject({ url: path })).json().status).toBe('running')
    await app.inject({ method: 'DELETE', url: path })
  })

  it('ends with the job that is cancelled', async () => {
    const { app, origin } = await listeningApp({ engine: slow() })
    const path = String((await train(app, longEpoch)).headers.location)
    const events = await follow(origin, path)
    await events.until('event: progress')
    await app.inject({ method: 'DELETE', url: path })
    expect(await events.until('never')).toMatch(/event: end\nid: \d+\ndata: .*"status":"cancelled".*\n\n$/)
  })

  it('may be left: the training goes on, and nothing holds the service', async () => {
    const { app, origin } = await listeningApp({ engine: slow() })
    const path = String((await train(app, longEpoch)).headers.location)
    const leaving = new AbortController()
    for (let i = 0; i < 20; i++)
      await (await follow(origin, path, {}, leaving.signal)).until('event: progress')
    leaving.abort()
    const { step } = (await app.inject({ url: path })).json()
    await wait(200)
    const later = (await app.inject({ url: path })).json()
    expect(later.status).toBe('running')
    expect(later.step).toBeGreaterThan(step)
    await app.inject({ method: 'DELETE', url: path })
  })

  it('ends when the service is told to: the job is interrupted', async () => {
    const { app, origin } = await listeningApp({ engine: slow() })
    const path = String((await train(app, longEpoch)).headers.location)
    const events = await follow(origin, path)
    await events.until('event: progress')
    const started = performance.now()
    await app.drain(10_000)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(await events.until('never')).toMatch(/event: end\n.*\ndata: .*"status":"interrupted"/)
  })
})
