import { MAX_WORKERS } from '../core/wasm/control.ts'
import type { Admission } from './admission.ts'
import { Door } from './door.ts'
import { type PoolLogger, silent } from './logger.ts'
import { Scheduler } from './scheduler.ts'
import type { Outcome, RunOptions, Task, TaskMap } from './task.ts'
import type { TeamControl } from './team.ts'

/** Sizes are whole numbers; createPool throws RangeError for others. */
export interface PoolOptions {
  /** threads, 1 to MAX_WORKERS */
  readonly workers: number
  /** requests that may wait besides those that run */
  readonly queueLimit: number
  /** places besides, which the pool's owner takes for itself */
  readonly ownPlaces?: number
  /** the module that calls `serveTasks` */
  readonly entry: URL
  readonly control: TeamControl
  readonly logger?: PoolLogger
  /** patience with a thread that was told to stop; then it is killed */
  readonly killAfterMs?: number
}

/** Counts at this moment. */
export interface PoolStats {
  /** threads that are up */
  readonly workers: number
  /** threads with a task, those included that have not yet noticed its cancellation */
  readonly busy: number
  readonly helping: number
  readonly queued: number
  /** tasks that somebody still waits for */
  readonly running: number
  /** threads that died since the start */
  readonly crashed: number
}

/** Worker threads behind a bounded queue. `Resource` is what tasks share, a model say. */
export interface Pool<Tasks extends TaskMap<Tasks>, Resource = unknown> {
  /** All threads are up. Rejects with `worker-crashed` when one dies at its start time and again. */
  readonly ready: Promise<void>
  /** Takes a place, runs one task in it, gives it back. Rejects with PoolError, CoreError or TaskError. */
  run<Name extends keyof Tasks & string>(
    task: Task<Name, Tasks[Name]['payload'], Resource>,
    options?: RunOptions,
  ): Promise<Outcome<Tasks[Name]['result']>>
  /** Takes a place before the costly part of a request begins. Throws PoolError at once when there is none. */
  admit(options?: RunOptions): Admission<Tasks, Resource>
  /** Workers drop the resource, once the tasks that carry it already, and their helpers, have ended. */
  forget(resourceKey: string): void
  stats(): PoolStats
  /** Admits no more, waits at most `graceMs` until all places were given back, then closes. */
  drain(graceMs: number): Promise<void>
  /** Rejects what waits and runs with `draining` and ends all threads. */
  close(): Promise<void>
}

const KILL_AFTER_MS = 5000

/** A pool of worker threads. Throws RangeError for impossible sizes. */
export function createPool<Tasks extends TaskMap<Tasks>, Resource = unknown>(
  options: PoolOptions,
): Pool<Tasks, Resource> {
  const { workers, queueLimit, ownPlaces = 0, entry, control } = options
  const { logger = silent, killAfterMs = KILL_AFTER_MS } = options
  checkInteger('workers', workers, 1, MAX_WORKERS)
  checkInteger('queueLimit', queueLimit, 0, Number.MAX_SAFE_INTEGER)
  const scheduler = new Scheduler({ workers, entry, control, logger, killAfterMs })
  const door = new Door<Tasks, Resource>({ workers, queueLimit, ownPlaces }, scheduler)

  const close = async (): Promise<void> => {
    void door.close()
    door.clear()
    await scheduler.close()
  }

  return {
    ready: scheduler.ready,
    admit: (runOptions = {}) => door.admit(runOptions),
    async run(task, runOptions = {}) {
      using place = door.admit(runOptions)
      return await place.run(task)
    },
    forget: (resourceKey) => scheduler.forget(resourceKey),
    stats: () => scheduler.stats,
    async drain(graceMs) {
      await within(graceMs, door.close())
      await close()
    },
    close,
  }
}

/** Resolves when the promise does, or after `ms`. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: passed, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, passed])
  clearTimeout(timer)
}

function checkInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new RangeError(`expected an integer from ${low} to ${high} for ${name}, got ${value}`)
}
