import { onTestFinished, vi } from 'vitest'
import { createPool, type Pool, type PoolOptions } from '../../src/pool/pool.ts'
import { fakeControl } from './fake-team.ts'
import type { TestResource, TestTasks } from './tasks.ts'

export type TestPool = Pool<TestTasks, TestResource>

export const testEntry = new URL('./entry.ts', import.meta.url)

vi.setConfig({ testTimeout: 60_000 })

/** A pool of real threads, closed when the test ends. */
export function createTestPool(options: Partial<PoolOptions>): TestPool {
  const pool = createPool<TestTasks, TestResource>({
    workers: 1,
    queueLimit: 100,
    entry: testEntry,
    control: fakeControl,
    ...options,
  })
  onTestFinished(() => pool.close())
  return pool
}

/** One that is ready. */
export async function startPool(options: Partial<PoolOptions> = {}): Promise<TestPool> {
  const pool = createTestPool(options)
  await pool.ready
  return pool
}

/** Polls: for what shows only in shared memory or in the counts. The limit is only there to end a test that hangs. */
export const eventually = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: 20_000, interval: 5 })

export interface LogLine {
  readonly fields: object
  readonly message: string
}

export function recordingLogger() {
  const lines: LogLine[] = []
  const record = (fields: object, message: string): void => void lines.push({ fields, message })
  return { lines, warn: record, error: record }
}
