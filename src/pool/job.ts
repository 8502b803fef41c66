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
  readonly #settle: Settle
  readonly #queuedAt = performance.now()
  #startedAt = 0
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

  started(): void {
    this.#startedAt = performance.now()
  }

  resolve(result: unknown): void {
    if (this.#settled) return
    this.#settled = true
    const runMs = performance.now() - this.#startedAt
    this.#settle.resolve({ result, queueMs: this.#startedAt - this.#queuedAt, runMs })
  }

  reject(error: Error): void {
    if (this.#settled) return
    this.#settled = true
    this.#settle.reject(error)
  }
}
