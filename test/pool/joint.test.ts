import { describe, expect, it } from 'vitest'
import { Job } from '../../src/pool/job.ts'
import { mayJoin } from '../../src/pool/joint-job.ts'
import type { PoolOptions } from '../../src/pool/pool.ts'
import type { RunOptions, Task } from '../../src/pool/task.ts'
import { Gate } from './gate.ts'
import { eventually, recordingLogger, startPool, type TestPool } from './helper.ts'
import type { Word } from './tasks.ts'

interface Asked extends RunOptions {
  readonly key?: string
  readonly most?: number
  readonly resource?: string
}

/** Runs one task of these words that may run together with others. */
async function say(pool: TestPool, words: readonly Word[], asked: Asked = {}): Promise<readonly string[]> {
  const { key = 'words', most = 10, resource, ...options } = asked
  const joint = { key, most }
  const shared = resource === undefined ? {} : { resource: { key: resource, value: { name: resource } } }
  const { result } = await pool.run({ name: 'words', payload: words, joint, ...shared }, options)
  return result
}

/** A pool whose only worker is held, so that tasks wait; `go` lets it go on. */
async function heldPool(options: Partial<PoolOptions> = {}) {
  const pool = await startPool({ workers: 1, killAfterMs: 60_000, ...options })
  const gate = new Gate()
  const held = pool.run({ name: 'hold', payload: gate.buffer })
  await gate.begun()
  const go = async () => {
    gate.open()
    await held
  }
  return { pool, go }
}

describe('tasks that may run together', () => {
  it('do when they wait, and each gets its own answers', async () => {
    const { pool, go } = await heldPool()
    const answers = [say(pool, ['a']), say(pool, ['b', 'c']), say(pool, []), say(pool, ['d'])]
    await go()
    expect(await Promise.all(answers)).toEqual([['a of 4'], ['b of 4', 'c of 4'], [], ['d of 4']])
  })

  it('run alone when nothing waits', async () => {
    const pool = await startPool()
    expect(await say(pool, ['a'])).toEqual(['a of 1'])
  })

  it('are as many as they say, at most', async () => {
    const { pool, go } = await heldPool()
    const answers = ['a', 'b', 'c', 'd', 'e'].map((word) => say(pool, [word], { most: 2 }))
    await go()
    expect((await Promise.all(answers)).flat()).toEqual(['a of 2', 'b of 2', 'c of 2', 'd of 2', 'e of 1'])
  })

  it('are of one key, one resource and one priority', async () => {
    const { pool, go } = await heldPool()
    const answers = [
      say(pool, ['a']),
      say(pool, ['other key'], { key: 'other' }),
      say(pool, ['other resource'], { resource: 'r' }),
      say(pool, ['batch'], { priority: 'batch' }),
      say(pool, ['b']),
      say(pool, ['same resource'], { resource: 'r' }),
    ]
    await go()
    expect((await Promise.all(answers)).flat()).toEqual([
      'a of 2',
      'other key of 1',
      'other resource of 2',
      'batch of 1',
      'b of 2',
      'same resource of 2',
    ])
  })

  it('leave the others where they wait', async () => {
    const { pool, go } = await heldPool()
    const order: string[] = []
    const told = async (run: Promise<readonly string[]>) => void order.push(...(await run))
    const all = [told(say(pool, ['a'])), told(say(pool, ['x'], { key: 'x' })), told(say(pool, ['b']))]
    await go()
    await Promise.all(all)
    expect(order).toEqual(['a of 2', 'b of 2', 'x of 1'])
  })

  it('share the time of their worker: callers are told to come back as soon as before', async () => {
    const { pool, go } = await heldPool()
    const gate = new Gate()
    const runs = [{ hold: gate.buffer }, 'b', 'c', 'd'].map((word) =>
      pool.run({ name: 'words', payload: [word], joint: { key: 'k', most: 4 } }),
    )
    await go()
    await gate.begun()
    expect(pool.stats()).toMatchObject({ busy: 1, queued: 0, running: 4 })
    await new Promise((resolve) => setTimeout(resolve, 40))
    gate.open()
    const outcomes = await Promise.all(runs)
    const [first] = outcomes
    for (const { runMs } of outcomes) expect(runMs).toBeCloseTo(first?.runMs ?? NaN, 0)
    expect(outcomes.reduce((sum, { runMs }) => sum + runMs, 0)).toBeGreaterThanOrEqual(40)
  })
})

describe('mayJoin', () => {
  const job = (more: Partial<Task> = {}) =>
    new Job({ name: 'words', payload: ['a'], joint: { key: 'k', most: 2 }, ...more }, 'interactive', {
      resolve: () => {},
      reject: () => {},
    })

  it('leaves out jobs that lost a helper or failed in company, that move memory, and that have no list', () => {
    expect(mayJoin(job(), job())).toBe(true)
    const lonely = job()
    lonely.alone = true
    const failed = job()
    failed.apart = true
    const moving = job({ transfer: [new ArrayBuffer(8)] })
    for (const odd of [lonely, failed, moving, job({ payload: 'a' })]) {
      expect(mayJoin(odd, job())).toBe(false)
      expect(mayJoin(job(), odd)).toBe(false)
    }
  })
})

describe('of tasks that run together', () => {
  it('one that fails fails alone', async () => {
    const { pool, go } = await heldPool()
    const [a, bad, b] = [say(pool, ['a']), say(pool, ['fail']), say(pool, ['b'])]
    await go()
    await expect(bad).rejects.toMatchObject({ kind: 'kernel-size', message: 'a bad word' })
    expect(await Promise.all([a, b])).toEqual([['a of 1'], ['b of 1']])
  })

  it('one that kills its thread is lost alone', async () => {
    const { pool, go } = await heldPool()
    const [a, bad, b] = [say(pool, ['a']), say(pool, ['die']), say(pool, ['b'])]
    await go()
    await expect(bad).rejects.toMatchObject({ kind: 'worker-crashed' })
    expect(await Promise.all([a, b])).toEqual([['a of 1'], ['b of 1']])
    expect(pool.stats().crashed).toBe(2)
  })

  it('one that cannot be sent is refused alone', async () => {
    const { pool, go } = await heldPool()
    const unsendable = { hold: new SharedArrayBuffer(8), why: () => 'functions do not cross threads' }
    const [a, bad] = [say(pool, ['a']), say(pool, [unsendable])]
    await go()
    await expect(bad).rejects.toThrow('could not be cloned')
    expect(await a).toEqual(['a of 1'])
  })

  it('none is answered when there are not as many answers as items', async () => {
    const { pool, go } = await heldPool()
    const runs = [say(pool, ['a']), say(pool, ['swallow'])]
    await go()
    for (const run of runs) await expect(run).rejects.toThrow('did not answer each of 2 items')
  })

  it('one that fails is logged once, and that they ran together', async () => {
    const { lines, ...logger } = recordingLogger()
    const { pool, go } = await heldPool({ logger })
    const runs = [say(pool, ['a']), say(pool, ['fault'])]
    await go()
    await Promise.allSettled(runs)
    expect(lines.map(({ message }) => message)).toEqual([
      'tasks failed that ran together: they run one by one',
      'a task failed',
    ])
  })

  it('one may be cancelled: it ends at once, the others get their answers', async () => {
    const { pool, go } = await heldPool()
    const gate = new Gate()
    const controller = new AbortController()
    const held = say(pool, [{ hold: gate.buffer }])
    const gone = say(pool, ['gone'], { signal: controller.signal })
    await go()
    await gate.begun()
    controller.abort()
    await expect(gone).rejects.toMatchObject({ kind: 'cancelled' })
    expect(pool.stats()).toMatchObject({ busy: 1, running: 1 })
    gate.open()
    expect(await held).toEqual(['held of 2'])
  })

  it('the last to be cancelled stops the worker', async () => {
    const { pool, go } = await heldPool()
    const gate = new Gate()
    const controllers = [new AbortController(), new AbortController()]
    const runs = controllers.map(({ signal }) => say(pool, [{ hold: gate.buffer }], { signal }))
    await go()
    await gate.begun()
    for (const controller of controllers) controller.abort()
    for (const run of runs) await expect(run).rejects.toMatchObject({ kind: 'cancelled' })
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, queued: 0, crashed: 0 }))
    expect(await say(pool, ['next'])).toEqual(['next of 1'])
  })

  it('those that were cancelled do not come back when it fails', async () => {
    const { pool, go } = await heldPool()
    const gate = new Gate()
    const controller = new AbortController()
    const bad = say(pool, [{ hold: gate.buffer }, 'fail'])
    const gone = say(pool, ['gone'], { signal: controller.signal })
    await go()
    await gate.begun()
    controller.abort()
    await expect(gone).rejects.toMatchObject({ kind: 'cancelled' })
    gate.open()
    await expect(bad).rejects.toMatchObject({ message: 'a bad word' })
    await eventually(() => expect(pool.stats()).toMatchObject({ busy: 0, queued: 0 }))
  })
})
