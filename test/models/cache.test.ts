import { describe, expect, it } from 'vitest'
import { LoadCache } from '../../src/models/cache.ts'

const CUT_SHORT = new Error('the request ended')

function cacheOf(limit: number) {
  const dropped: string[] = []
  const cache = new LoadCache<{ bytes(): number }>(
    limit,
    (key) => dropped.push(key),
    (error) => error === CUT_SHORT,
  )
  return { cache, dropped }
}
const item = (bytes: number) => async () => ({ bytes: () => bytes })

describe('LoadCache', () => {
  it('loads once for all who ask at the same time', async () => {
    const { cache } = cacheOf(100)
    let loads = 0
    const load = async () => {
      loads++
      return { bytes: () => 1 }
    }
    const [a, b] = await Promise.all([cache.get('a', load), cache.get('a', load)])
    expect(a).toBe(b)
    expect(await cache.get('a', load)).toBe(a)
    expect(loads).toBe(1)
  })

  it('drops the one unused for longest when there is too much', async () => {
    const { cache, dropped } = cacheOf(100)
    await cache.get('a', item(40))
    await cache.get('b', item(40))
    await cache.get('a', item(40))
    await cache.get('c', item(40))
    expect(dropped).toEqual(['b'])
    expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true])
  })

  it('keeps the last one, however large', async () => {
    const { cache, dropped } = cacheOf(100)
    await cache.get('a', item(40))
    await cache.get('huge', item(1000))
    expect(dropped).toEqual(['a'])
    expect(cache.has('huge')).toBe(true)
  })

  it('notices what has grown since it was loaded', async () => {
    const { cache, dropped } = cacheOf(100)
    let size = 10
    await cache.get('growing', async () => ({ bytes: () => size }))
    await cache.get('b', item(50))
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
    expect((await cache.get('a', item(1))).bytes()).toBe(1)
  })

  it('loads again for those who waited for a load that its own request’s end cut short', async () => {
    const { cache } = cacheOf(100)
    const { promise, reject } = Promise.withResolvers<{ bytes(): number }>()
    const first = cache.get('a', () => promise)
    const second = cache.get('a', item(7))
    reject(CUT_SHORT)
    await expect(first).rejects.toBe(CUT_SHORT)
    expect((await second).bytes()).toBe(7)
  })
})
