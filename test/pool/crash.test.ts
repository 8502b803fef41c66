import { describe, expect, it } from 'vitest'
import { CoreError } from '../../src/core/errors.ts'
import { TaskError } from '../../src/pool/errors.ts'
import { Gate } from './gate.ts'
import { createTestPool, eventually, recordingLogger, startPool } from './helper.ts'

describe('a worker that dies', () => {
  it.each(['exit', 'uncaught', 'rejection'] as const)('is replaced (%s), its task rejected', async (how) => {
    const { lines, ...logger } = recordingLogger()
    const pool = await startPool({ logger })
    await expect(pool.run({ name: 'die', payload: how })).rejects.toMatchObject({
      name: 'PoolError',
      kind: 'worker-crashed',
    })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
    expect(pool.stats()).toMatchObject({ workers: 1, crashed: 1 })
    expect(lines.map((line) => line.message)).toEqual(['a pool worker died'])
  })

  it('does not disturb tasks that wait or run elsewhere', async () => {
    const pool = await startPool({ workers: 2 })
    const gate = new Gate()
    const held = pool.run({ name: 'hold', payload: gate.buffer })
    await gate.begun()
    const dying = pool.run({ name: 'die', payload: 'exit' })
    const waiting = pool.run({ name: 'echo', payload: 'waited' })
    await expect(dying).rejects.toMatchObject({ kind: 'worker-crashed' })
    expect((await waiting).result).toBe('waited')
    gate.open()
    expect((await held).result).toBe('opened')
  })

  it('may die again and again at work, and is replaced each time', async () => {
    const pool = await startPool()
    for (let i = 0; i < 4; i++)
      await expect(pool.run({ name: 'die', payload: 'exit' })).rejects.toMatchObject({
        kind: 'worker-crashed',
      })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
  })

  it('costs nothing to a task that it had been sent and not begun', async () => {
    const pool = await startPool()
    await pool.run({ name: 'dieAfterwards', payload: undefined })
    expect((await pool.run({ name: 'echo', payload: 'innocent' })).result).toBe('innocent')
    await eventually(() => expect(pool.stats().crashed).toBe(1))
  })

  it('lets `ready` reject when it dies at every start', async () => {
    const { lines, ...logger } = recordingLogger()
    const entry = new URL('./broken-entry.ts', import.meta.url)
    await expect(startPool({ entry, logger })).rejects.toMatchObject({
      kind: 'worker-crashed',
      message: 'pool worker 0 dies at its start',
      cause: expect.objectContaining({ message: 'this entry cannot start' }),
    })
    expect(lines).toHaveLength(3)
  })

  it('lets `ready` reject though a task waits, which ends when the pool is closed', async () => {
    const entry = new URL('./broken-entry.ts', import.meta.url)
    const pool = createTestPool({ entry })
    const early = pool.run({ name: 'echo', payload: 'early' })
    await expect(Promise.all([pool.ready, early])).rejects.toMatchObject({ kind: 'worker-crashed' })
    const ended = expect(early).rejects.toMatchObject({ kind: 'draining' })
    await pool.close()
    await ended
  })
})

describe('a worker that comes up', () => {
  it('does what it was given before', async () => {
    const pool = createTestPool({})
    expect((await pool.run({ name: 'echo', payload: 'early' })).result).toBe('early')
  })
})

describe('an error of a handler', () => {
  it('stays a CoreError with its kind', async () => {
    const pool = await startPool()
    const error = await pool.run({ name: 'fail', payload: 'core' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CoreError)
    expect(error).toMatchObject({ kind: 'shape', message: 'two shapes do not fit' })
  })

  it('keeps its name, kind and message when it has a kind', async () => {
    const pool = await startPool()
    const error = await pool.run({ name: 'fail', payload: 'typed' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TaskError)
    expect(error).toMatchObject({
      name: 'FilterError',
      kind: 'kernel-size',
      message: 'a kernel of even size',
    })
  })

  it.each([
    ['plain', 'a secret detail'],
    ['thrown text', 'only a text'],
  ] as const)('becomes internal otherwise (%s), its text in the log alone', async (how, text) => {
    const { lines, ...logger } = recordingLogger()
    const pool = await startPool({ logger })
    await expect(pool.run({ name: 'fail', payload: how })).rejects.toMatchObject({
      kind: 'internal',
      message: 'the task fail failed inside its worker',
    })
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).toContain(text)
    expect(pool.stats().crashed).toBe(0)
  })

  it('is internal when its answer cannot cross threads', async () => {
    const pool = await startPool()
    await expect(pool.run({ name: 'uncloneable', payload: undefined })).rejects.toMatchObject({
      kind: 'internal',
    })
  })

  it('is that of the clone when the payload cannot cross threads, and costs no worker', async () => {
    const pool = await startPool()
    const resource = { key: 'm', value: { name: 'm', broken: () => 'functions do not cross threads' } }
    await expect(pool.run({ name: 'touch', payload: undefined, resource })).rejects.toThrow(
      'could not be cloned',
    )
    expect(pool.stats()).toMatchObject({ busy: 0, running: 0, crashed: 0 })
    expect((await pool.run({ name: 'echo', payload: 'next' })).result).toBe('next')
  })
})
