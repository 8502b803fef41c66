import { type Admission, Place } from './admission.ts'
import { PoolError } from './errors.ts'
import type { Scheduler } from './scheduler.ts'
import type { Priority, RunOptions, TaskMap } from './task.ts'

const LONGEST_RETRY_SECONDS = 300
/** Weight of the newest request in the running mean of the service time. */
const NEWEST = 0.1

interface Capacity {
  readonly workers: number
  /** requests that may wait besides those that run */
  readonly queueLimit: number
  /** the owner's own places, of which nobody else is told */
  readonly ownPlaces: number
}

/** Counts the places: so many may be in the pool at a time, waiting or running, and who comes then is refused at once. */
export class Door<Tasks extends TaskMap<Tasks>, Resource> {
  readonly #capacity: Capacity
  readonly #scheduler: Scheduler
  readonly #places = new Set<Place<Tasks, Resource>>()
  readonly #empty = Promise.withResolvers<void>()
  /** running means of what requests of a priority took */
  readonly #serviceMs = new Map<Priority, number>()
  #closed = false

  constructor(capacity: Capacity, scheduler: Scheduler) {
    this.#capacity = capacity
    this.#scheduler = scheduler
  }

  /** Throws `draining`, `queue-full`, and `cancelled` or `deadline` for a caller who has gone. */
  admit(options: RunOptions): Admission<Tasks, Resource> {
    if (this.#closed) throw new PoolError('draining', 'the service is shutting down')
    if (this.#places.size >= this.#forRequests + this.#capacity.ownPlaces) throw this.#full()
    const place: Place<Tasks, Resource> = new Place({
      ...options,
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
    const error = () => new PoolError('draining', 'the service shut down before this task was done')
    for (const place of this.#places) place.end(error)
  }

  #left(place: Place<Tasks, Resource>): void {
    this.#places.delete(place)
    const mean = this.#serviceMs.get(place.priority) ?? place.runMs
    if (place.runMs > 0 && !place.isStanding)
      this.#serviceMs.set(place.priority, mean + (place.runMs - mean) * NEWEST)
    if (this.#closed && this.#places.size === 0) this.#empty.resolve()
  }

  get #forRequests(): number {
    return this.#capacity.workers + this.#capacity.queueLimit
  }

  /** How long the places that are held now will keep the workers busy, by what such requests took so far. */
  get #backlogMs(): number {
    const [anyKnown = 0] = this.#serviceMs.values()
    const requests = this.#places.values().filter((place) => !place.isStanding)
    const expected = requests.map(({ priority }) => this.#serviceMs.get(priority) ?? anyKnown)
    return expected.reduce((total, ms) => total + ms, 0) / this.#capacity.workers
  }

  #full(): PoolError {
    const seconds = Math.ceil(this.#backlogMs / 1000)
    const retryAfterSeconds = Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS)
    const message = `all ${this.#forRequests} places are taken`
    return new PoolError('queue-full', message, { retryAfterSeconds })
  }
}
