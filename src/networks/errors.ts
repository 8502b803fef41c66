/** What networks refuse. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type NetworkErrorKind =
  /** a layer that cannot be built on what comes before it */
  | 'bad-spec'
  /** data that do not fit the network or the loss */
  | 'bad-data'
  /** numbers that grew beyond all bounds while training */
  | 'diverged'
  /** an id that a model has which was not made here */
  | 'taken'
  /** more weights than all networks together may have */
  | 'no-room'

/** What jobs refuse. */
export type JobErrorKind =
  /** as many trainings as can be are under way, or as many samples */
  | 'full'
  /** the process is about to end */
  | 'closing'
  /** a training of the network is under way: what else came to it would be lost, or be lost by it */
  | 'in-training'
  /** files that are not what was written */
  | 'damaged'
  /** only an interrupted job can be resumed */
  | 'not-interrupted'

/** A job that cannot begin or go on now. */
export class JobError extends Error {
  readonly kind: JobErrorKind
  readonly retryAfterSeconds: number | undefined

  constructor(kind: JobErrorKind, message: string, retryAfterSeconds?: number) {
    super(message)
    this.name = 'JobError'
    this.kind = kind
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A refusal, with the place and the fault as a sentence. */
export class NetworkError extends Error {
  readonly kind: NetworkErrorKind
  /** what is at fault: `layers[2]`, `data.targets[7]` */
  readonly parameter: string

  constructor(kind: NetworkErrorKind, parameter: string, message: string) {
    super(message)
    this.name = 'NetworkError'
    this.kind = kind
    this.parameter = parameter
  }
}
