import { describe, expect, it } from 'vitest'
import { Gate } from './gate.ts'
import { eventually, startPool } from './helper.ts'

describe('cancellation', () => {
  it('rejects a waiting task at once and never starts it', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 1 })
    const [gate, never] = [new Gate(), new Gate()]
    const controller = new AbortController()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    const waiting = pool.run({ name: 'hold', payload: never.buffer }, { signal: controller.signal })
    await gate.begun()
    controller.abort('the client left')
    expect(pool.stats().queued).toBe(0)
    const place = pool.admit()
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled', cause: 'the client left' })
    gate.open()
    await held
    await place.run({ name: 'echo', payload: 'a' })
    expect(never.hasBegun).toBe(false)
  })

  it('rejects a running task at once, frees its place, and its worker when that has noticed', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 0 })
    const gate = new Gate()
    const controller = new AbortController()
    const held = pool.run({ name: 'hold', payload: gate.buffer }, { signal: controller.signal })
    await gate.begun()
    controller.abort()
    expect(pool.stats()).toMatchObject({ busy: 1, running: 0 })
    const place = pool.admit()
    await expect(held).rejects.toMatchObject({ name: 'PoolError', kind: 'cancelled' })
    expect((await place.run({ name: 'echo', payload: 'next' })).result).toBe('next')
    expect(pool.stats().crashed).toBe(0)
  })

  it('rejects a waiting task when its deadline passes', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await expect(
      pool.run({ name: 'echo', payload: 'a' }, { signal: AbortSignal.timeout(5) }),
    ).rejects.toMatchObject({
      kind: 'deadline',
      message: 'the deadline of the caller has passed',
    })
    gate.open()
    expect((await held).result).toBe('opened')
  })

  it('stops a running task when its deadline passes', async () => {
    const pool = await startPool()
    const run = pool.run({ name: 'hold', payload: new Gate().buffer }, { signal: AbortSignal.timeout(5) })
    await expect(run).rejects.toMatchObject({ kind: 'deadline' })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
    expect(pool.stats().crashed).toBe(0)
  })

  it('does not take the cancellation of one task for that of the next', async () => {
    const pool = await startPool()
    const [first, second] = [new Gate(), new Gate()]
    const controller = new AbortController()
    const cancelled = pool.run({ name: 'hold', payload: first.buffer }, { signal: controller.signal })
    await first.begun()
    controller.abort()
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' })
    const held = pool.run({ name: 'hold', payload: second.buffer })
    await second.begun()
    second.open()
    expect((await held).result).toBe('opened')
  })

  it('kills and replaces a thread that does not stop', async () => {
    const pool = await startPool({ killAfterMs: 20 })
    const gate = new Gate()
    const controller = new AbortController()
    const deaf = pool.run({ name: 'deaf', payload: gate.buffer }, { signal: controller.signal })
    await gate.begun()
    controller.abort()
    await expect(deaf).rejects.toMatchObject({ kind: 'cancelled' })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
    await eventually(() => expect(pool.stats()).toMatchObject({ crashed: 1, workers: 1, busy: 0 }))
  })
})
