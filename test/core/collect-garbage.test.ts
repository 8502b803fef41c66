import { setImmediate, setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  collectGarbage,
  collectYoungGarbage,
  collectYoungGarbageSoon,
} from '../../src/core/collect-garbage.ts'

test('frees what nothing holds any more', async () => {
  const kept = new Uint8Array(1_000)
  const refs = { kept: new WeakRef(kept), dropped: new WeakRef(new Uint8Array(1_000)) }
  // a WeakRef holds its target until the turn of the event loop in which it was made is over
  await setImmediate()
  collectGarbage()
  expect(refs.dropped.deref()).toBeUndefined()
  expect(refs.kept.deref()).toBe(kept)
})

const BYTES = 50_000_000
/** Of them, a difference that other garbage, which is collected meanwhile, does not make. */
const MOST = BYTES / 2
const held = () => process.memoryUsage().arrayBuffers

/** More bytes held than `before` until the garbage is collected; nobody holds them. */
function dropBytes(before: number): void {
  expect(new Uint8Array(BYTES).length).toBe(BYTES)
  expect(held() - before).toBeGreaterThanOrEqual(MOST)
}

test('frees what was made last and is held no more', async () => {
  const before = held()
  dropBytes(before)
  await setImmediate()
  collectYoungGarbage()
  // the memory itself is given back by another thread; this one sleeps, or it would collect by itself
  const bell = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 100 && held() - before >= MOST; tries++) Atomics.wait(bell, 0, 0, 10)
  expect(held() - before).toBeLessThan(MOST)
})

test('frees it soon, and again when asked again', async () => {
  const before = held()
  dropBytes(before)
  for (let i = 0; i < 3; i++) collectYoungGarbageSoon()
  expect(held() - before).toBeGreaterThanOrEqual(MOST)
  for (let tries = 0; tries < 100 && held() - before >= MOST; tries++) await setTimeout(10)
  expect(held() - before).toBeLessThan(MOST)
  // and once more
  dropBytes(held())
  collectYoungGarbageSoon()
  for (let tries = 0; tries < 100 && held() - before >= MOST; tries++) await setTimeout(10)
  expect(held() - before).toBeLessThan(MOST)
})

test('is all that its flag has shown', () => {
  expect('gc' in globalThis).toBe(false)
})
