import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collectGarbage, collectYoungGarbage } from '../../src/core/collect-garbage.ts'

test('frees what nothing holds any more', async () => {
  const kept = new Uint8Array(1_000)
  const refs = { kept: new WeakRef(kept), dropped: new WeakRef(new Uint8Array(1_000)) }
  // a WeakRef holds its target until the turn of the event loop in which it was made is over
  await setImmediate()
  collectGarbage()
  expect(refs.dropped.deref()).toBeUndefined()
  expect(refs.kept.deref()).toBe(kept)
})

test('frees what was made last and is held no more', async () => {
  const bytes = 50_000_000
  const held = () => process.memoryUsage().arrayBuffers
  const before = held()
  expect(new Uint8Array(bytes).length).toBe(bytes)
  expect(held() - before).toBeGreaterThanOrEqual(bytes)
  await setImmediate()
  collectYoungGarbage()
  // the memory itself is given back by another thread; this one sleeps, or it would collect by itself
  const bell = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 100 && held() - before >= bytes; tries++) Atomics.wait(bell, 0, 0, 10)
  expect(held() - before).toBeLessThan(bytes)
})

test('is all that its flag has shown', () => {
  expect('gc' in globalThis).toBe(false)
})
