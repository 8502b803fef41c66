/** What the core refuses. It knows nothing of HTTP: `src/errors.ts` gives each kind its status. */
export type CoreErrorKind =
  /** shapes or attributes that do not fit together */
  | 'shape'
  /** a graph that breaks the IR's rules: a bug of whoever built it */
  | 'graph'
  /** no gradient exists through an op on the path */
  | 'not-differentiable'
  /** an op, dtype or attribute that the core does not know */
  | 'unsupported'
  /** the machine has no memory left */
  | 'out-of-memory'
  /** the run was cancelled between two steps */
  | 'cancelled'
  /** a worker of the team died during the run */
  | 'team-lost'

/** A refusal of the core, with a kind that code can tell apart and a message for people. */
export class CoreError extends Error {
  readonly kind: CoreErrorKind

  constructor(kind: CoreErrorKind, message: string) {
    super(message)
    this.name = 'CoreError'
    this.kind = kind
  }
}
