import { describe, expect, it } from 'vitest'
import { createPool } from '../../src/pool/pool.ts'
import { fakeControl } from './fake-team.ts'
import { Gate } from './gate.ts'
import { startPool, testEntry } from './helper.ts'

const LONG_MS = 600_000

describe('drain', () => {
  it('refuses new work, lets work in flight end, then ends the threads', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const running = pool.run({ name: 'hold', payload: gate.buffer })
    const waiting = pool.run({ name: 'echo', payload: 'waited' })
    await gate.begun()
    const drained = pool.drain(LONG_MS)
    await expect(pool.run({ name: 'echo', payload: 'late' })).rejects.toMatchObject({ kind: 'draining' })
    expect(() => pool.admit()).toThrow('the service is shutting down')
    gate.open()
    expect((await running).result).toBe('opened')
    expect((await waiting).result).toBe('waited')
    await drained
    expect(pool.stats().workers).toBe(0)
  })

  it('lets a request that was admitted before still run its tasks', async () => {
    const pool = await startPool()
    const place = pool.admit()
    const drained = pool.drain(LONG_MS)
    expect((await place.run({ name: 'echo', payload: 'a' })).result).toBe('a')
    place.release()
    await drained
  })

  it('ends at once when nothing is in flight', async () => {
    const pool = await startPool()
    await pool.drain(LONG_MS)
    expect(pool.stats().workers).toBe(0)
  })

  it('gives up what is not done when the grace is over', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const running = pool.run({ name: 'deaf', payload: gate.buffer })
    const refused = expect(running).rejects.toMatchObject({ kind: 'draining' })
    await gate.begun()
    await pool.drain(1)
    await refused
  })
})

describe('close', () => {
  it('rejects what runs and waits, and ends threads that are blocked', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const running = expect(pool.run({ name: 'deaf', payload: gate.buffer })).rejects.toMatchObject({
      kind: 'draining',
    })
    const waiting = expect(pool.run({ name: 'echo', payload: 'a' })).rejects.toMatchObject({
      kind: 'draining',
    })
    await gate.begun()
    await pool.close()
    await Promise.all([running, waiting])
    expect(pool.stats()).toMatchObject({ workers: 0, queued: 0, running: 0, crashed: 0 })
  })

  it('may be called twice, and during a drain', async () => {
    const pool = await startPool()
    const place = pool.admit()
    const drained = pool.drain(LONG_MS)
    await Promise.all([pool.close(), pool.close()])
    await drained
    await expect(place.run({ name: 'echo', payload: 'a' })).rejects.toMatchObject({ kind: 'draining' })
  })

  it('before the threads are up lets `ready` reject', async () => {
    const pool = createPool({ workers: 1, queueLimit: 0, entry: testEntry, control: fakeControl })
    await pool.close()
    await expect(pool.ready).rejects.toMatchObject({ kind: 'draining' })
  })
})
