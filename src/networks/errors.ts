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
