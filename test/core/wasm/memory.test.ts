import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { RESERVED_BYTES } from '../../../src/core/wasm/control.ts'
import { createModelMemory, ModelMemory, releaseLock } from '../../../src/core/wasm/memory.ts'

describe('ModelMemory', () => {
  it('hands out aligned blocks above the reserved part and grows when they do not fit', () => {
    const memory = new ModelMemory(createModelMemory(), 0)
    const before = memory.memory.buffer.byteLength
    const small = memory.allocate(10)
    const large = memory.allocate(10 * before)
    expect(small).toBeGreaterThanOrEqual(RESERVED_BYTES)
    expect(small % 64).toBe(0)
    expect(large).toBeGreaterThanOrEqual(small + 64)
    expect(memory.memory.buffer.byteLength).toBeGreaterThanOrEqual(large + 10 * before)
    memory.floats(large, before).fill(1)
  })

  it('gives a freed block to the next that fits, and its rest to another', () => {
    const memory = new ModelMemory(createModelMemory(), 0)
    const block = memory.allocate(1024)
    memory.allocate(64)
    memory.free(block, 1024)
    expect(memory.allocate(256)).toBe(block)
    expect(memory.allocate(768)).toBe(block + 256)
    expect(memory.allocate(64)).toBeGreaterThan(block + 1024)
  })

  it('joins freed neighbours, so that many small blocks become a large one again', () => {
    const memory = new ModelMemory(createModelMemory(), 0)
    const blocks = Array.from({ length: 50 }, () => memory.allocate(64))
    for (const block of blocks.toReversed()) memory.free(block, 64)
    expect(memory.allocate(50 * 64)).toBe(Math.min(...blocks))
  })

  it('does not grow when blocks of many sizes come and go', () => {
    const memory = new ModelMemory(createModelMemory(), 0)
    const live: { address: number; bytes: number }[] = []
    for (let i = 0; i < 5000; i++) {
      const bytes = 64 + ((i * 7919) % 40_000)
      live.push({ address: memory.allocate(bytes), bytes })
      const oldest = live.length > 32 ? live.shift() : undefined
      if (oldest) memory.free(oldest.address, oldest.bytes)
    }
    expect(memory.memory.buffer.byteLength).toBeLessThan(4 * 32 * 40_000)
  })

  it('makes what is shared under a key once, for every view of the memory', () => {
    const raw = createModelMemory()
    let made = 0
    const ask = (key: string) =>
      new ModelMemory(raw, 0).shared(key, 4, (out) => {
        made++
        out.set([1, 2, 3, 4])
      })
    const first = ask('weights a')
    const other = ask('weights ä')
    expect(ask('weights a')).toBe(first)
    expect(other).not.toBe(first)
    expect(made).toBe(2)
    expect([...new ModelMemory(raw, 0).floats(first, 4)]).toEqual([1, 2, 3, 4])
  })

  it('hands out no block twice after a thread was killed while it changed the list of free blocks', async () => {
    const holes = 200
    const bytes = 64
    for (let round = 0; round < 15; round++) {
      const raw = createModelMemory()
      const entry = new URL('./allocating-thread.ts', import.meta.url)
      const thread = new Worker(entry, { workerData: { raw, holes, bytes } })
      const [taken = []]: number[][] = await once(thread, 'message')
      await new Promise((resolve) => setTimeout(resolve, round))
      await thread.terminate()
      releaseLock(raw, 1)
      const memory = new ModelMemory(raw, 0)
      const blocks = [...taken, ...Array.from({ length: 2 * holes }, () => memory.allocate(bytes))]
      expect(new Set(blocks).size).toBe(blocks.length)
    }
  })

  it('tells a model that is too large from a machine that has no memory left', () => {
    const memory = new ModelMemory(createModelMemory(), 0)
    expect(() => memory.allocate(2 ** 32)).toThrow(expect.objectContaining({ kind: 'unsupported' }))
    const full: WebAssembly.Memory = Object.create(memory.memory, {
      buffer: { get: () => memory.memory.buffer },
      grow: {
        value: (pages: number) => {
          if (pages > 0) throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory')
        },
      },
    })
    expect(() => new ModelMemory(full, 0).allocate(2 ** 20)).toThrow(
      expect.objectContaining({
        kind: 'out-of-memory',
        message: 'the machine has no 1 MiB more for the model',
      }),
    )
  })

  it('frees the lock of a worker that died with it', () => {
    const raw = createModelMemory()
    const died = new ModelMemory(raw, 1)
    let survivor: number | undefined
    died.shared('weights', 4, () => {
      releaseLock(raw, 0)
      releaseLock(raw, 1)
      survivor = new ModelMemory(raw, 0).allocate(64)
    })
    expect(survivor).toBeGreaterThan(0)
  })
})
