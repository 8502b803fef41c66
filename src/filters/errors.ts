import type { Fault } from '../faults/fault.ts'

/** What filtering refuses. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type FilterErrorKind =
  /** parameters, or a combination of them, that cannot be used with this picture */
  | 'bad-parameter'
  /** more memory than one request may take */
  | 'too-large'

/** A refusal to filter, with all faults as sentences. */
export class FilterError extends Error {
  readonly kind: FilterErrorKind
  readonly faults: readonly Fault[]

  constructor(kind: FilterErrorKind, faults: readonly Fault[]) {
    super(faults.map(({ parameter, message }) => `${parameter}: ${message}`).join('; '))
    this.name = 'FilterError'
    this.kind = kind
    this.faults = faults
  }
}
