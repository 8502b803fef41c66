import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ToWorker } from '../../src/pool/messages.ts'
import { Gate } from './gate.ts'
import { startPool } from './helper.ts'

const model = (name: string) => ({ key: name, value: { name } })

/** The keys of the resources that were posted to any thread. */
function watchPosts(): string[] {
  const keys: string[] = []
  const post = Worker.prototype.postMessage
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
    this: Worker,
    message: ToWorker,
    transfer,
  ) {
    if (message.type === 'resource') keys.push(message.key)
    post.call(this, message, transfer)
  })
  onTestFinished(() => spy.mockRestore())
  return keys
}

describe('a resource', () => {
  it('is posted and opened once in each worker that needs it', async () => {
    const pool = await startPool({ workers: 2 })
    const posted = watchPosts()
    const touch = () => pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    expect((await touch()).result).toBe('m')
    await touch()
    expect(posted).toEqual(['m'])

    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer, resource: model('m') })
    await gate.begun()
    await touch()
    await touch()
    expect(posted).toEqual(['m', 'm'])
    expect((await pool.run({ name: 'history', payload: undefined })).result).toEqual(['open m'])
    gate.open()
    await held
  })

  it('prefers a worker that has it', async () => {
    const pool = await startPool({ workers: 2 })
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    await pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    gate.open()
    await held
    const posted = watchPosts()
    await pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    expect(posted).toEqual([])
  })

  it('is dropped by workers when forgotten, and posted anew when needed again', async () => {
    const pool = await startPool()
    const posted = watchPosts()
    const touch = () => pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    await touch()
    pool.forget('m')
    pool.forget('m')
    pool.forget('never heard of')
    await touch()
    expect(posted).toEqual(['m', 'm'])
    const { result } = await pool.run({ name: 'history', payload: undefined })
    expect(result).toEqual(['open m', 'forget m', 'open m'])
  })

  it('that a waiting task carries is dropped after that task', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    const touched = pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    pool.forget('m')
    gate.open()
    await Promise.all([held, touched])
    const { result } = await pool.run({ name: 'history', payload: undefined })
    expect(result).toEqual(['open m', 'forget m'])
  })

  it('that only a cancelled task carried is dropped too', async () => {
    const pool = await startPool()
    await pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    const place = pool.admit()
    const touched = place.run({ name: 'touch', payload: undefined, resource: model('m') })
    pool.forget('m')
    place.release()
    await expect(touched).rejects.toMatchObject({ kind: 'cancelled' })
    gate.open()
    await held
    const { result } = await pool.run({ name: 'history', payload: undefined })
    expect(result).toEqual(['open m', 'forget m'])
  })

  it('reaches the replacement of a thread that died', async () => {
    const pool = await startPool()
    await pool.run({ name: 'touch', payload: undefined, resource: model('m') })
    await expect(pool.run({ name: 'die', payload: 'exit' })).rejects.toMatchObject({ kind: 'worker-crashed' })
    expect((await pool.run({ name: 'touch', payload: undefined, resource: model('m') })).result).toBe('m')
  })

  it('that cannot be opened fails the task with the reason', async () => {
    const pool = await startPool()
    await expect(
      pool.run({ name: 'touch', payload: undefined, resource: model('broken') }),
    ).rejects.toMatchObject({ name: 'CoreError', kind: 'graph', message: 'the resource cannot be opened' })
  })

  it('is missed only by the task that came without it', async () => {
    const pool = await startPool()
    await expect(pool.run({ name: 'touch', payload: undefined })).rejects.toMatchObject({ kind: 'internal' })
  })
})
