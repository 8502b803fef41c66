import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'
import { temporaryFolder } from '../helpers/folder.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'
import { eventsOf, over, train, xor, xorLosses } from '../helpers/trainings.ts'

let service: Service

beforeAll(async () => {
  service = await startService()
}, 60_000)
afterAll(() => stopService(service))

describe('POST /v1/trainings', () => {
  it.each([
    ['float64', 1e-6],
    ['float32', 1e-3],
  ])('trains XOR as NumPy does: %s', async (precision, bound) => {
    const answer = await train(service.app, { ...xor, precision })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject({ model: 'xor', epochs: 200, steps: 200, history: [] })
    const location = String(answer.headers.location)
    const job = await over(service.app, location)
    expect(job).toMatchObject({ status: 'finished', epoch: 200, step: 200 })
    const worst = Math.max(
      ...job.history.map(({ loss }: { loss: number }, i: number) => {
        const expected = xorLosses[i] ?? 0
        return Math.abs(loss - expected) / Math.max(expected, 1e-3)
      }),
    )
    expect(job.history).toHaveLength(200)
    expect(worst).toBeLessThan(bound)
  })

  it('says before the first step that a last layer cannot come to its targets', async () => {
    const layers = [{ type: 'fullyConnected', units: 1 }, { type: 'relu' }, { type: 'sigmoid' }]
    const answer = await train(service.app, { ...xor, model: { id: 'capped', input: [2], layers } })
    expect(answer.json().warnings).toEqual([
      expect.stringMatching(/^relu_1 before sigmoid_1 gives outputs in \[0\.5, 1\).*leave out relu_1$/),
    ])
    const job = await over(service.app, String(answer.headers.location))
    expect(job.warnings).toEqual(answer.json().warnings)
    expect(Math.min(...job.history.map(({ loss }: { loss: number }) => loss))).toBeGreaterThan(0.125)
  })

  it('goes on with a network that was trained, from its weights', async () => {
    await over(service.app, String((await train(service.app, xor)).headers.location))
    const { model: _, ...rest } = xor
    const further = await train(service.app, { ...rest, model: 'xor', epochs: 3 })
    const job = await over(service.app, String(further.headers.location))
    expect(job.history[0].loss).toBeLessThan(xorLosses.at(-1) ?? 0)
  })

  it('answers weights in memory that threads share: they are copied by the thread that trains', async () => {
    await over(service.app, String((await train(service.app, xor)).headers.location))
    const { parameters = [] } = service.engine.networks.get('xor') ?? {}
    expect(parameters.map(({ buffer }) => buffer.constructor.name)).toEqual(
      parameters.map(() => 'SharedArrayBuffer'),
    )
    expect(parameters.length).toBeGreaterThan(0)
  })

  it('gives way: a picture is explained while a network is trained', async () => {
    const long = { ...xor, precision: 'float32', epochs: 100_000 }
    const location = String((await train(service.app, long)).headers.location)
    const started = performance.now()
    const { statusCode } = await service.app.inject({
      method: 'POST',
      url: '/v1/augment/rot90?k=1&format=npy',
      headers: { 'content-type': 'application/x-npy' },
      payload: writeNpy({ shape: [1, 2, 2, 3], data: new Float32Array(12) }),
    })
    const waited = performance.now() - started
    const cancelled = await service.app.inject({ method: 'DELETE', url: location })
    expect(statusCode).toBe(200)
    expect(waited).toBeLessThan(2000)
    expect(cancelled.json().status).toBe('cancelled')
  })
})

describe('a network that is trained', () => {
  const long = { ...xor, precision: 'float32', epochs: 100_000 }
  const put = {
    method: 'PUT',
    url: '/v1/models/xor',
    payload: { input: [2], layers: xor.model.layers },
  } as const
  const scores = async () => {
    const payload = { input: [1, 0], precision: 'float32' }
    const answer = await service.app.inject({ method: 'POST', url: '/v1/models/xor/gradients', payload })
    return answer.json().output
  }

  it('belongs to its job: it is not replaced, removed or trained beside', async () => {
    await over(service.app, String((await train(service.app, xor)).headers.location))
    const location = String((await train(service.app, long)).headers.location)
    const refused = [
      await service.app.inject(put),
      await service.app.inject({ method: 'DELETE', url: '/v1/models/xor' }),
      await train(service.app, { ...xor, epochs: 1 }),
      await train(service.app, { ...xor, model: 'xor', epochs: 1 }),
    ]
    await service.app.inject({ method: 'DELETE', url: location })
    for (const answer of refused) {
      expect(answer.json()).toMatchObject({ status: 409, type: '/problems/in-training' })
      expect(answer.json().detail).toContain(location.split('/').at(-1))
    }
    expect((await service.app.inject(put)).statusCode).toBe(200)
  })

  it('stays as it was when its job is cancelled before the first epoch, or diverges in it', async () => {
    await over(service.app, String((await train(service.app, xor)).headers.location))
    const before = await scores()
    const data = { inputs: new Array(20_000).fill([1, 0]), targets: new Array(20_000).fill([1]) }
    const slow = { ...xor, data, batchSize: 1, epochs: 1, precision: 'float64' }
    const location = String((await train(service.app, slow)).headers.location)
    const cancelled = await service.app.inject({ method: 'DELETE', url: location })
    expect(cancelled.json()).toMatchObject({ status: 'cancelled', epoch: 0 })
    expect(await scores()).toEqual(before)
    const far = { inputs: [[1e200, 1e200]], targets: [[1]] }
    const wild = { ...xor, model: 'xor', data: far }
    const job = await over(service.app, String((await train(service.app, wild)).headers.location))
    expect(job).toMatchObject({ status: 'diverged', epoch: 0 })
    expect(await scores()).toEqual(before)
  })
})

it('goes on after a restart, to the same weights', async () => {
  // epochs of so many rows that the most epochs there can be outlive a stop by far
  const times = <Row>(rows: readonly Row[]) => new Array<readonly Row[]>(512).fill(rows).flat()
  const short = {
    ...xor,
    data: { inputs: times(xor.data.inputs), targets: times(xor.data.targets) },
    optimizer: { type: 'adam', learningRate: 1e-3 },
    epochs: 2000,
    precision: 'float32',
  }
  const started = performance.now()
  await over(service.app, String((await train(service.app, short)).headers.location))
  // several times as long as it takes to stop, which is a second
  const epochs = Math.min(100_000, Math.ceil((short.epochs * 4000) / (performance.now() - started)))
  const training = { ...short, epochs }
  const env = { DATA_DIR: await temporaryFolder() }
  const first = await startService(env)
  const location = String((await train(first.app, training)).headers.location)
  while ((await first.app.inject({ url: location })).json().step === 0) await wait(10)
  await stopService(first)
  const second = await startService(env)
  onTestFinished(() => stopService(second))
  const interrupted = (await second.app.inject({ url: location })).json()
  expect(interrupted).toMatchObject({ status: 'interrupted' })
  expect(interrupted.step).toBeGreaterThan(0)
  await second.app.inject({ method: 'POST', url: `${location}/resume` })
  expect(await over(second.app, location)).toMatchObject({ status: 'finished', step: epochs })
  await over(service.app, String((await train(service.app, training)).headers.location))
  const [whole, resumed] = [service, second].map(({ engine }) => engine.networks.get('xor')?.parameters)
  expect(resumed).toEqual(whole)
}, 60_000)

describe('GET /v1/jobs/{id}/events', () => {
  it('gives way: many listeners to many epochs hold up nobody', async () => {
    const location = String((await train(service.app, { ...xor, epochs: 3000 })).headers.location)
    await over(service.app, location)
    const order: string[] = []
    const listening = Array.from({ length: 40 }, async () => {
      await eventsOf(service.app, location)
      order.push('listener')
    })
    const asking = (async () => {
      for (let i = 0; i < 5; i++) await service.app.inject('/livez')
      order.push('livez')
    })()
    await Promise.all([...listening, asking])
    expect(order[0]).toBe('livez')
  })

  it('tells of every epoch, then of the end', async () => {
    const location = String((await train(service.app, { ...xor, epochs: 5 })).headers.location)
    const events = await eventsOf(service.app, location)
    expect(events.map(({ event, id }) => `${event} ${id}`)).toEqual([
      'epoch 1',
      'epoch 2',
      'epoch 3',
      'epoch 4',
      'epoch 5',
      'end 5',
    ])
    expect(events[0]?.data).toMatchObject({ epoch: 1, step: 1, epochs: 5 })
    expect(events[0]?.data.samplesPerSecond).toBeGreaterThan(0)
    expect(events[0]?.data.layers).toMatchObject([{ name: 'fullyConnected_1' }, { name: 'relu_1' }, {}])
    expect(events.at(-1)?.data).toMatchObject({ status: 'finished' })
  })

  it('goes on after Last-Event-ID', async () => {
    const location = String((await train(service.app, { ...xor, epochs: 5 })).headers.location)
    await over(service.app, location)
    const events = await eventsOf(service.app, location, { 'last-event-id': '3' })
    expect(events.map(({ event, id }) => `${event} ${id}`)).toEqual(['epoch 4', 'epoch 5', 'end 5'])
  })

  it('has nothing more to tell than the end to who has heard of more steps than there are', async () => {
    const location = String((await train(service.app, { ...xor, epochs: 5 })).headers.location)
    await over(service.app, location)
    const events = await eventsOf(service.app, location, { 'last-event-id': '999' })
    expect(events.map(({ event, id }) => `${event} ${id}`)).toEqual(['end 5'])
  })
})
