import type { Outcome, Priority, Task } from './task.ts'

interface Settle {
  readonly resolve: (outcome: Outcome<unknown>) => void
  readonly reject: (error: Error) => void
}

/** One task on its way: waiting, running, or settled while its worker still has to notice. */
export class Job {
  readonly task: Task
  readonly priority: Priority
  /** set when it may no longer have helpers: it lost one */
  alone = false
  /** a helper died in the middle and the leader was stopped for it: an error of the leader's means no more than that */
  helperLost = false
  /** set when it may no longer run together with others: so it failed */
  apart = false
  /** the job that runs this one together with others */
  joint: Job | undefined
  readonly #settle: Settle
  readonly #queuedAt = performance.now()
  #startedAt = 0
  #together = 1
  #settled = false

  constructor(task: Task, priority: Priority, settle: Settle) {
    this.task = task
    this.priority = priority
    this.#settle = settle
  }

  get settled(): boolean {
    return this.#settled
  }

  /** A payload that was moved to a thread is gone with the thread. */
  get repeatable(): boolean {
    return (this.task.transfer?.length ?? 0) === 0
  }

  /** how many wait for it */
  get waiting(): number {
    return this.#settled ? 0 : 1
  }

  /** `together`: so many share its worker's time. */
  started(together = 1): void {
    this.#startedAt = performance.now()
    this.#together = together
  }

  resolve(result: unknown): void {
    if (this.#settled) return
    this.#settled = true
    const runMs = (performance.now() - this.#startedAt) / this.#together
    this.#settle.resolve({ result, queueMs: this.#startedAt - this.#queuedAt, runMs })
  }

  reject(error: Error): void {
    if (this.#settled) return
    this.#settled = true
    this.#settle.reject(error)
  }
}
