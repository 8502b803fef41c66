import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Queue } from '../../src/pool/queue.ts'
import { Gate } from './gate.ts'
import { startPool } from './helper.ts'

type Item = { readonly name: string; readonly priority: 'interactive' | 'batch' }
const item = (name: string, priority: Item['priority'] = 'interactive'): Item => ({ name, priority })

function names(queue: Queue<Item>): string[] {
  const out: string[] = []
  for (let next = queue.shift(); next; next = queue.shift()) out.push(next.name)
  return out
}

describe('the queue', () => {
  it('gives out the oldest first', () => {
    const queue = new Queue<Item>()
    for (const name of ['a', 'b', 'c']) queue.push(item(name))
    expect(names(queue)).toEqual(['a', 'b', 'c'])
  })

  it('gives out interactive items before batch items, and what was put back before both', () => {
    const queue = new Queue<Item>()
    queue.push(item('batch', 'batch'))
    queue.push(item('interactive'))
    queue.putBack(item('again', 'batch'))
    expect(queue.size).toBe(3)
    expect(names(queue)).toEqual(['again', 'interactive', 'batch'])
  })

  it('lets three interactive items pass a batch item that waits, then it is its turn', () => {
    const queue = new Queue<Item>()
    queue.push(item('b1', 'batch'))
    queue.push(item('b2', 'batch'))
    for (const name of ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7']) queue.push(item(name))
    expect(names(queue)).toEqual(['i1', 'i2', 'i3', 'b1', 'i4', 'i5', 'i6', 'b2', 'i7'])
  })

  it('leaves batch items where they are when asked to', () => {
    const queue = new Queue<Item>()
    queue.push(item('b', 'batch'))
    queue.push(item('i'))
    expect(queue.shift({ batch: 'stays' })?.name).toBe('i')
    expect(queue.shift({ batch: 'stays' })).toBeUndefined()
    expect(names(queue)).toEqual(['b'])
  })

  it('forgets an item that was removed, and says whether it had it', () => {
    const queue = new Queue<Item>()
    const [a, b] = [item('a'), item('b', 'batch')]
    queue.push(a)
    queue.push(b)
    expect([queue.remove(a), queue.remove(a), queue.size]).toEqual([true, false, 1])
    expect(names(queue)).toEqual(['b'])
  })
})

describe('the pool', () => {
  it('starts waiting tasks by priority, then in the order they came', async () => {
    const pool = await startPool()
    const gate = new Gate()
    const order: string[] = []
    const note = (name: string, priority: 'interactive' | 'batch') =>
      pool.run({ name: 'echo', payload: name }, { priority }).then(({ result }) => order.push(result))

    const first = pool.run({ name: 'hold', payload: gate.buffer })
    const rest = [
      note('b1', 'batch'),
      note('i1', 'interactive'),
      note('b2', 'batch'),
      note('i2', 'interactive'),
    ]
    await gate.begun()
    expect(pool.stats()).toMatchObject({ busy: 1, running: 1, queued: 4 })
    gate.open()
    await Promise.all([first, ...rest])
    expect(order).toEqual(['i1', 'i2', 'b1', 'b2'])
    expect(pool.stats()).toMatchObject({ busy: 0, running: 0, queued: 0 })
  })

  it('reports how long a task waited and ran', async () => {
    const pool = await startPool()
    const { result, queueMs, runMs } = await pool.run({ name: 'echo', payload: 'a' })
    expect(result).toBe('a')
    expect(queueMs).toBeGreaterThanOrEqual(0)
    expect(runMs).toBeGreaterThan(0)
  })

  it('waits for handlers that answer with a promise', async () => {
    const pool = await startPool()
    expect((await pool.run({ name: 'later', payload: 'a' })).result).toBe('a')
  })

  it('moves what a task or an answer transfers', async () => {
    const pool = await startPool()
    const data = new Float32Array([1, 2, 3])
    const { result } = await pool.run({ name: 'sum', payload: data, transfer: [data.buffer] })
    expect([result, data.byteLength]).toEqual([6, 0])
    expect((await pool.run({ name: 'fill', payload: { length: 2, value: 5 } })).result).toEqual(
      new Float32Array([5, 5]),
    )
  })

  it('uses all workers when there is work for them', async () => {
    const pool = await startPool({ workers: 2 })
    const gates = [new Gate(), new Gate()]
    const held = gates.map((gate) => pool.run({ name: 'hold', payload: gate.buffer }))
    await Promise.all(gates.map((gate) => gate.begun()))
    expect(pool.stats()).toMatchObject({ workers: 2, busy: 2, queued: 0 })
    for (const gate of gates) gate.open()
    await Promise.all(held)
  })

  it('carries 10,000 tasks without leaving anything behind', async () => {
    const pool = await startPool({ workers: 2, queueLimit: 10_000 })
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const results = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => pool.run({ name: 'echo', payload: `${i}` }, options)),
    )
    expect(results.every(({ result }, i) => result === `${i}`)).toBe(true)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    expect(pool.stats()).toMatchObject({ busy: 0, queued: 0, running: 0, crashed: 0 })
    expect(timers()).toBeLessThanOrEqual(before)
    controller.abort()
  })

  it('refuses impossible sizes with the name of the setting', async () => {
    await expect(startPool({ workers: 0 })).rejects.toThrow('from 1 to 32 for workers, got 0')
    await expect(startPool({ workers: Number.NaN })).rejects.toThrow('for workers, got NaN')
    await expect(startPool({ queueLimit: -1 })).rejects.toThrow('for queueLimit, got -1')
  })
})
