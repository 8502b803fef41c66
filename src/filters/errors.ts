/** What filtering refuses. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type FilterErrorKind =
  /** a parameter, or a combination of parameters, that cannot be used; `parameter` names it */
  | 'bad-parameter'
  /** more memory than one request may take */
  | 'too-large'

/** A refusal to filter, with the fault as a sentence. */
export class FilterError extends Error {
  readonly kind: FilterErrorKind
  /** what is at fault: `boundary`, `pipeline[1].sigma` */
  readonly parameter: string

  constructor(kind: FilterErrorKind, parameter: string, message: string) {
    super(message)
    this.name = 'FilterError'
    this.kind = kind
    this.parameter = parameter
  }
}
