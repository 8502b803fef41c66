/** What explaining refuses. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type ExplainErrorKind =
  /** the model has no such layer, or the layer is not one the method can use */
  | 'unknown-layer'
  /** the layer that the model's card names is not there, or not one that CAM methods can use */
  | 'bad-card'
  /** a class number outside the model's */
  | 'bad-target'
  /** a parameter, or a combination of parameters, that the method cannot use */
  | 'bad-parameter'

/** A refusal to explain, with the parameter's fault as a sentence. */
export class ExplainError extends Error {
  readonly kind: ExplainErrorKind

  constructor(kind: ExplainErrorKind, message: string) {
    super(message)
    this.name = 'ExplainError'
    this.kind = kind
  }
}
