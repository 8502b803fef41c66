import { describe, expect, it } from 'vitest'
import type { TeamControl } from '../../src/pool/team.ts'
import { decree, fakeControl, newMemory, present } from './fake-team.ts'
import { Gate } from './gate.ts'
import { eventually, recordingLogger, startPool, type TestPool } from './helper.ts'
import { sleep } from './sleep.ts'

/** A model with a team's memory. */
function newModel(name = 'm') {
  const memory = newMemory()
  return { memory, sharing: { resource: { key: name, value: { name, memory } }, team: { memory } } }
}
type Model = ReturnType<typeof newModel>

/** Starts a task that leads a team, and waits until it runs. Its leader is worker 0 in an idle pool. */
async function lead(pool: TestPool, model: Model, options = {}) {
  const gate = new Gate()
  const done = pool.run({ name: 'lead', payload: gate.buffer, ...model.sharing }, options)
  // who waits for `done` later must not find it rejected unhandled meanwhile
  done.catch(() => {})
  await gate.begun()
  return { gate, done }
}

describe('helpers', () => {
  it('assist a task when nothing waits, and go home when it is done', async () => {
    const pool = await startPool({ workers: 3 })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(2))
    expect(pool.stats()).toMatchObject({ busy: 1, helping: 2, running: 1 })
    gate.open()
    expect((await done).result).toEqual({ workerIndex: 0, cancelled: false })
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, helping: 0 }))
    expect(present(model.memory, 0)).toBe(0)
  })

  it('are expected before their leader has the task: it would begin alone', async () => {
    const invited: number[] = []
    const control: TeamControl = {
      ...fakeControl,
      invite(memory, slot, member) {
        invited.push(member)
        fakeControl.invite(memory, slot, member)
      },
    }
    const pool = await startPool({ workers: 3, control })
    let known: readonly number[] = []
    const payload = {
      value: 1,
      // read when it is cloned for the leader
      get length() {
        known = [...invited]
        return 2
      },
    }
    await pool.run({ name: 'fill', payload, ...newModel().sharing })
    expect(known).toEqual([1, 2])
  })

  it('are sent home by their leader when the pool does not', async () => {
    const pool = await startPool({ workers: 3, control: { ...fakeControl, dismiss: () => {} } })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(2))
    gate.open()
    await done
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, helping: 0, crashed: 0 }))
  })

  it('of the first seat are back before its answer, where the main thread reads both at once', async () => {
    const pool = await startPool({ workers: 3 })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(2))
    gate.open()
    // all three have spoken when this thread listens again
    sleep(500)
    await done
    expect(pool.stats()).toMatchObject({ busy: 0, helping: 0 })
  })

  it('are not sent to a task without a team', async () => {
    const pool = await startPool({ workers: 2 })
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    expect(pool.stats()).toMatchObject({ busy: 1, helping: 0 })
    gate.open()
    await held
  })

  it('are recalled one for each request that comes, and lead it', async () => {
    const pool = await startPool({ workers: 3 })
    const model = newModel()
    const first = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(2))
    const gate = new Gate()
    const second = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    expect(pool.stats()).toMatchObject({ busy: 2, helping: 1, queued: 0 })
    expect(present(model.memory, 0)).toBe(1)

    gate.open()
    await second
    await eventually(() => expect(present(model.memory, 0)).toBe(2))
    first.gate.open()
    await first.done
  })

  it('are shared out evenly between tasks', async () => {
    const pool = await startPool({ workers: 4 })
    const [one, other] = [newModel('one'), newModel('other')]
    const gates = [new Gate(), new Gate()]
    const held = gates.map((gate) => pool.run({ name: 'hold', payload: gate.buffer }))
    await Promise.all(gates.map((gate) => gate.begun()))
    const first = await lead(pool, one)
    const second = await lead(pool, other)
    for (const gate of gates) gate.open()
    await Promise.all(held)
    await eventually(() => {
      expect(present(one.memory, 2) + present(one.memory, 3)).toBe(1)
      expect(present(other.memory, 2) + present(other.memory, 3)).toBe(1)
    })
    for (const { gate } of [first, second]) gate.open()
    await Promise.all([first.done, second.done])
  })

  it('never meet in the next job of the same leader', async () => {
    const pool = await startPool({ workers: 2 })
    const model = newModel()
    for (let i = 0; i < 50; i++) {
      const { gate, done } = await lead(pool, model)
      gate.open()
      await done
    }
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, helping: 0, crashed: 0 }))
    expect([present(model.memory, 0), present(model.memory, 1)]).toEqual([0, 0])
  })

  it('stay away, and the task goes on, when they cannot open the resource', async () => {
    const { lines, ...logger } = recordingLogger()
    const pool = await startPool({ workers: 2, logger })
    const memory = newMemory()
    const resource = { key: 'broken', value: { name: 'broken', memory } }
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer, resource, team: { memory } })
    await expect(held).rejects.toMatchObject({ kind: 'graph' })
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, helping: 0, crashed: 0 }))
    expect(lines.length).toBeLessThanOrEqual(1)
  })
})

describe('a team', () => {
  it('is stopped through its memory when the request is abandoned', async () => {
    const pool = await startPool({ workers: 2 })
    const model = newModel()
    const controller = new AbortController()
    const { done } = await lead(pool, model, { signal: controller.signal })
    await eventually(() => expect(present(model.memory, 0)).toBe(1))
    controller.abort()
    await expect(done).rejects.toMatchObject({ name: 'PoolError', kind: 'cancelled' })
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, helping: 0, crashed: 0 }))
    const next = await lead(pool, model)
    next.gate.open()
    expect((await next.done).result.cancelled).toBe(false)
  })

  it('is sent home when its leader dies', async () => {
    const pool = await startPool({ workers: 2 })
    const model = newModel()
    await expect(pool.run({ name: 'die', payload: 'exit', ...model.sharing })).rejects.toMatchObject({
      kind: 'worker-crashed',
    })
    await eventually(() =>
      expect(pool.stats()).toMatchObject({ workers: 2, busy: 0, helping: 0, crashed: 1 }),
    )
    expect(present(model.memory, 0)).toBe(0)
  })

  it('that loses a helper runs its task again, alone', async () => {
    const buried: number[] = []
    const control = {
      ...fakeControl,
      bury: (_: WebAssembly.Memory, worker: number) => void buried.push(worker),
    }
    const pool = await startPool({ workers: 2, control })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(1))
    decree(model.memory, 'mortal')
    await eventually(() => expect(pool.stats()).toMatchObject({ workers: 2, crashed: 1, running: 1 }))
    expect(pool.stats().helping).toBe(0)
    gate.open()
    await done
    expect(buried).toEqual([1])
    expect(pool.stats().crashed).toBe(1)
  })

  it('repeats its task and then drops the resource that was forgotten when its helper died', async () => {
    let pool: TestPool | undefined
    const control = { ...fakeControl, bury: () => pool?.forget('m') }
    pool = await startPool({ workers: 2, control })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    await eventually(() => expect(present(model.memory, 0)).toBe(1))
    decree(model.memory, 'mortal')
    await eventually(() => expect(pool?.stats()).toMatchObject({ workers: 2, crashed: 1, running: 1 }))
    gate.open()
    await done
    const histories = [await pool.run({ name: 'history', payload: undefined })]
    expect(histories.flatMap(({ result }) => result)).toEqual(['open m', 'forget m'])
  })

  it('that loses a helper gives up a task whose payload was moved', async () => {
    const pool = await startPool({ workers: 2 })
    const model = newModel()
    decree(model.memory, 'mortal')
    const payload = new Gate().buffer
    const transfer = [new ArrayBuffer(8)]
    const done = pool.run({ name: 'lead', payload, transfer, ...model.sharing })
    await expect(done).rejects.toMatchObject({ kind: 'worker-crashed' })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
  })

  it('loses a helper that hears no recall: it is killed, and the new request runs', async () => {
    const pool = await startPool({ workers: 2, killAfterMs: 20 })
    const model = newModel()
    const { gate, done } = await lead(pool, model)
    decree(model.memory, 'deaf')
    await eventually(() => expect(present(model.memory, 0)).toBe(1))
    expect((await pool.run({ name: 'echo', payload: 'new' })).result).toBe('new')
    gate.open()
    expect((await done).result.cancelled).toBe(false)
    expect(pool.stats().crashed).toBeGreaterThanOrEqual(1)
  })
})
