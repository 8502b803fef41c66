import { describe, expect, it } from 'vitest'
import { LoadCache } from '../../src/models/cache.ts'

function cacheOf(limit: number) {
  const dropped: string[] = []
  const cache = new LoadCache<{ name: string; bytes(): number }>(limit, ({ name }) => dropped.push(name))
  return { cache, dropped }
}
const item = (name: string, bytes: number) => async () => ({ name, bytes: () => bytes })

describe('LoadCache', () => {
  it('loads once for all who ask at the same time', async () => {
    const { cache } = cacheOf(100)
    let loads = 0
    const load = async () => {
      loads++
      return { name: 'a', bytes: () => 1 }
    }
    const [a, b] = await Promise.all([cache.get('a', load), cache.get('a', load)])
    expect(a).toBe(b)
    expect(await cache.get('a', load)).toBe(a)
    expect(loads).toBe(1)
  })

  it('drops the one unused for longest when there is too much', async () => {
    const { cache, dropped } = cacheOf(100)
    await cache.get('a', item('a', 40))
    await cache.get('b', item('b', 40))
    await cache.get('a', item('a', 40))
    await cache.get('c', item('c', 40))
    expect(dropped).toEqual(['b'])
    expect(['a', 'b', 'c'].map((key) => cache.peek(key)?.name)).toEqual(['a', undefined, 'c'])
  })

  it('keeps the last one, however large', async () => {
    const { cache, dropped } = cacheOf(100)
    await cache.get('a', item('a', 40))
    await cache.get('huge', item('huge', 1000))
    expect(dropped).toEqual(['a'])
    expect(cache.peek('huge')?.name).toBe('huge')
  })

  it('notices what has grown since it was loaded', async () => {
    const { cache, dropped } = cacheOf(100)
    let size = 10
    await cache.get('growing', async () => ({ name: 'growing', bytes: () => size }))
    await cache.get('b', item('b', 50))
    size = 90
    cache.trim()
    expect(dropped).toEqual(['growing'])
  })

  it('tells everybody of a failed load, and tries again at the next use', async () => {
    const { cache } = cacheOf(100)
    const broken = async () => {
      throw new Error('bad file')
    }
    const answers = await Promise.allSettled([cache.get('a', broken), cache.get('a', broken)])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await cache.get('a', item('a', 1))).bytes()).toBe(1)
  })

  it('drops what is asked for', async () => {
    const { cache, dropped } = cacheOf(100)
    await cache.get('a', item('a', 1))
    await cache.get('b', item('b', 2))
    cache.dropWhere((kept) => kept.bytes() === 2)
    expect(dropped).toEqual(['b'])
    expect(cache.peek('a')?.name).toBe('a')
  })

  it('holds the item that it gave, and not one that it dropped since', async () => {
    const { cache } = cacheOf(100)
    const first = await cache.get('a', item('a', 1))
    expect(cache.holds(first)).toBe(true)
    cache.drop('a')
    const second = await cache.get('a', item('a', 1))
    expect([cache.holds(first), cache.holds(second)]).toEqual([false, true])
  })
})
