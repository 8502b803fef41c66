import { type Admission, Place } from './admission.ts'
import { PoolError } from './errors.ts'
import type { Scheduler } from './scheduler.ts'
import type { RunOptions, TaskMap } from './task.ts'

const LONGEST_RETRY_SECONDS = 300

interface Capacity {
  readonly requests: number
  /** the owner's own, of which nobody else is told */
  readonly own: number
}

/** Counts the places: so many may be in the pool at a time, waiting or running, and who comes then is refused at once. */
export class Door<Tasks extends TaskMap<Tasks>, Resource> {
  readonly #capacity: Capacity
  readonly #scheduler: Scheduler
  readonly #places = new Set<Place<Tasks, Resource>>()
  readonly #empty = Promise.withResolvers<void>()
  #closed = false

  constructor(capacity: Capacity, scheduler: Scheduler) {
    this.#capacity = capacity
    this.#scheduler = scheduler
  }

  /** Throws `draining`, `queue-full`, and `cancelled` or `deadline` for a caller who has gone. */
  admit({ signal, deadlineMs, priority }: RunOptions): Admission<Tasks, Resource> {
    if (this.#closed) throw new PoolError('draining', 'the service is shutting down')
    if (this.#places.size >= this.#capacity.requests + this.#capacity.own) throw this.#full()
    const place: Place<Tasks, Resource> = new Place({
      signal,
      deadlineMs,
      priority,
      submit: (job) => this.#scheduler.submit(job),
      cancel: (job, error) => this.#scheduler.cancel(job, error),
      onEnd: () => this.#left(place),
    })
    this.#places.add(place)
    return place
  }

  /** Admits no one from now on. Resolves when the last place was given back. */
  close(): Promise<void> {
    this.#closed = true
    if (this.#places.size === 0) this.#empty.resolve()
    return this.#empty.promise
  }

  /** Ends all places. */
  clear(): void {
    const error = new PoolError('draining', 'the service shut down before this task was done')
    for (const place of this.#places) place.end(error)
  }

  #left(place: Place<Tasks, Resource>): void {
    this.#places.delete(place)
    if (this.#closed && this.#places.size === 0) this.#empty.resolve()
  }

  #full(): PoolError {
    const seconds = Math.ceil(this.#scheduler.backlogMs / 1000)
    const retryAfterSeconds = Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS)
    const message = `all ${this.#capacity.requests} places are taken`
    return new PoolError('queue-full', message, { retryAfterSeconds })
  }
}
