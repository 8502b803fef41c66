/** What rotating refuses. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type AugmentErrorKind =
  /** a parameter that does not fit the samples */
  'bad-parameter'

/** A refusal to rotate, with the parameter at fault and its fault as a sentence. */
export class AugmentError extends Error {
  readonly kind: AugmentErrorKind
  readonly parameter: string

  constructor(kind: AugmentErrorKind, parameter: string, message: string) {
    super(message)
    this.name = 'AugmentError'
    this.kind = kind
    this.parameter = parameter
  }
}
