import { PoolError } from './errors.ts'
import { Job } from './job.ts'
import type { Outcome, Priority, RunOptions, Task, TaskMap } from './task.ts'

/**
 * A place in the pool, taken before the work on a request begins and held until `release` or an abort.
 * One place serves a request, however many tasks it runs. `using place = pool.admit(…)` releases it by itself.
 */
export interface Admission<Tasks extends TaskMap<Tasks>, Resource> extends Disposable {
  /** Rejects with PoolError, CoreError or TaskError. */
  run<Name extends keyof Tasks & string>(
    task: Task<Name, Tasks[Name]['payload'], Resource>,
  ): Promise<Outcome<Tasks[Name]['result']>>
  /** Gives the place back and cancels what still runs in it. The second time it does nothing. */
  release(): void
}

interface PlaceOptions extends RunOptions {
  readonly submit: (job: Job) => void
  readonly cancel: (job: Job, error: PoolError) => void
  readonly onEnd: () => void
}

/** The pool's side of an Admission. Throws and rejects with PoolError. */
export class Place<Tasks extends TaskMap<Tasks>, Resource> implements Admission<Tasks, Resource> {
  readonly #options: PlaceOptions
  readonly #jobs = new Set<Job>()
  readonly #onAbort = (): void => this.end(() => abortError(this.#options.signal?.reason))
  #makeError: (() => PoolError) | undefined
  #runMs = 0

  /** Throws `cancelled` for a signal that is aborted already: it would never call its listener. */
  constructor(options: PlaceOptions) {
    this.#options = options
    const { signal } = options
    if (signal?.aborted) throw abortError(signal.reason)
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get priority(): Priority {
    return this.#options.priority ?? 'interactive'
  }

  get isStanding(): boolean {
    return this.#options.standing ?? false
  }

  /** how long its tasks kept a worker busy, those that were given up not counted */
  get runMs(): number {
    return this.#runMs
  }

  async run<Name extends keyof Tasks & string>(
    task: Task<Name, Tasks[Name]['payload'], Resource>,
  ): Promise<Outcome<Tasks[Name]['result']>> {
    if (this.#makeError) throw this.#makeError()
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<unknown>>()
    const job = new Job(task, this.priority, { resolve, reject })
    this.#jobs.add(job)
    this.#options.submit(job)
    try {
      // the one place where an answer from a thread gets the type that its handler was checked to return
      const outcome = (await promise) as Outcome<Tasks[Name]['result']>
      this.#runMs += outcome.runMs
      return outcome
    } finally {
      this.#jobs.delete(job)
    }
  }

  release(): void {
    this.end(() => new PoolError('cancelled', 'the place of this task was released'))
  }

  [Symbol.dispose](): void {
    this.release()
  }

  /** Everything in the place is rejected with what `error` makes, at once: most places end empty, and making an error takes as long as posting a task. */
  end(error: () => PoolError): void {
    if (this.#makeError) return
    this.#makeError = error
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#options.onEnd()
    for (const job of this.#jobs) this.#options.cancel(job, error())
  }
}

/** A signal of AbortSignal.timeout() is a deadline too. */
function abortError(reason: unknown): PoolError {
  if (reason instanceof Error && reason.name === 'TimeoutError')
    return new PoolError('deadline', 'the deadline of the caller has passed', { cause: reason })
  return new PoolError('cancelled', 'the caller has given up on this task', { cause: reason })
}
