export type PoolErrorKind =
  /** no place was free: nothing was started */
  | 'queue-full'
  /** the deadline of the caller's signal passed while the task waited or ran */
  | 'deadline'
  /** the caller's signal was aborted, or its place was released */
  | 'cancelled'
  /** the thread that ran the task died, or all threads die at their start */
  | 'worker-crashed'
  /** the pool is shutting down */
  | 'draining'

interface PoolErrorOptions extends ErrorOptions {
  readonly retryAfterSeconds?: number
}

/** What the pool itself refuses or gives up. It knows nothing of HTTP. */
export class PoolError extends Error {
  readonly kind: PoolErrorKind
  /** for `queue-full`: when the requests that hold places now will be done, by the service times measured so far */
  readonly retryAfterSeconds: number | undefined

  constructor(kind: PoolErrorKind, message: string, options: PoolErrorOptions = {}) {
    super(message, options)
    this.name = 'PoolError'
    this.kind = kind
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** What an error says of one parameter. */
export interface TaskFault {
  readonly parameter: string
  readonly message: string
}

/**
 * An error of a handler that is no CoreError: `name`, `kind` and `faults` are those it had in the worker, and `internal`
 * stands for every error without a kind, whose message and stack go to the log and no further.
 */
export class TaskError extends Error {
  readonly kind: string
  readonly faults: readonly TaskFault[]

  constructor(name: string, kind: string, message: string, faults: readonly TaskFault[] = []) {
    super(message)
    this.name = name
    this.kind = kind
    this.faults = faults
  }
}
