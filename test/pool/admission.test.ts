import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { PoolError } from '../../src/pool/errors.ts'
import { Gate } from './gate.ts'
import { startPool } from './helper.ts'

describe('admission', () => {
  it('refuses at once when all places are taken, and says when to come back', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 1 })
    const places = [pool.admit(), pool.admit()]
    expect(() => pool.admit()).toThrow(
      expect.objectContaining({ name: 'PoolError', kind: 'queue-full', retryAfterSeconds: 1 }),
    )
    await expect(pool.run({ name: 'echo', payload: 'a' })).rejects.toMatchObject({ kind: 'queue-full' })
    for (const place of places) place.release()
    expect((await pool.run({ name: 'echo', payload: 'a' })).result).toBe('a')
  })

  it('computes when to come back from all places, tasks begun or not, and from no standing place', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 4 })
    const standing = pool.admit({ standing: true })
    const gate = new Gate()
    const held = standing.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    gate.open()
    await held
    const slow = new Gate()
    const first = pool.run({ name: 'hold', payload: slow.buffer })
    await slow.begun()
    await new Promise((resolve) => setTimeout(resolve, 800))
    slow.open()
    const { runMs } = await first
    const places = Array.from({ length: 4 }, () => pool.admit())
    expect(() => pool.admit()).toThrow(
      expect.objectContaining({ retryAfterSeconds: Math.ceil((4 * runMs) / 1000) }),
    )
    for (const place of places) place.release()
  })

  it('counts running tasks and waiting ones together', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 1 })
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    const waiting = pool.run({ name: 'echo', payload: 'a' })
    await expect(pool.run({ name: 'echo', payload: 'b' })).rejects.toBeInstanceOf(PoolError)
    gate.open()
    await Promise.all([held, waiting])
  })

  it('lets one place serve several tasks', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 0 })
    using place = pool.admit()
    expect((await place.run({ name: 'echo', payload: 'a' })).result).toBe('a')
    expect((await place.run({ name: 'echo', payload: 'b' })).result).toBe('b')
    expect(() => pool.admit()).toThrow('all 1 places are taken')
  })

  it('tells nobody of the places that its owner takes for itself', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 0, ownPlaces: 1 })
    using _own = pool.admit()
    using _place = pool.admit()
    expect(() => pool.admit()).toThrow('all 1 places are taken')
  })

  it('gives a place back once, however often it is released', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 0 })
    {
      using place = pool.admit()
      place.release()
    }
    using _place = pool.admit()
    expect(() => pool.admit()).toThrow(PoolError)
  })

  it('runs nothing in a place that was given back', async () => {
    const pool = await startPool()
    const place = pool.admit()
    place.release()
    await expect(place.run({ name: 'echo', payload: 'a' })).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('cancels what still runs in a place that is given back', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const place = pool.admit()
    const held = place.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    place.release()
    await expect(held).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('gives the place back when the deadline of its signal passes', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 0 })
    const place = pool.admit({ signal: AbortSignal.timeout(1) })
    await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(place.run({ name: 'echo', payload: 'a' })).rejects.toMatchObject({ kind: 'deadline' })
    pool.admit().release()
  })

  it('refuses a caller whose signal is aborted already', async () => {
    const pool = await startPool()
    expect(() => pool.admit({ signal: AbortSignal.abort() })).toThrow(
      expect.objectContaining({ kind: 'cancelled' }),
    )
    expect(() => pool.admit({ signal: AbortSignal.abort(new DOMException('late', 'TimeoutError')) })).toThrow(
      expect.objectContaining({ kind: 'deadline' }),
    )
  })

  it('leaves no listener on a signal, however a task ends', async () => {
    const pool = await startPool()
    const { signal } = new AbortController()
    const place = pool.admit({ signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    place.release()
    await pool.run({ name: 'echo', payload: 'a' }, { signal })
    await pool.run({ name: 'fail', payload: 'plain' }, { signal }).catch(() => {})
    await pool.run({ name: 'die', payload: 'exit' }, { signal }).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
