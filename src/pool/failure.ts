import { CoreError, type CoreErrorKind } from '../core/errors.ts'
import { TaskError, type TaskFault } from './errors.ts'

/** An error as data, because a clone of an Error loses its class and its own fields. */
export type Failure =
  | { readonly type: 'core'; readonly kind: CoreErrorKind; readonly message: string }
  | {
      readonly type: 'typed'
      readonly name: string
      readonly kind: string
      readonly message: string
      readonly faults: readonly TaskFault[]
    }
  | { readonly type: 'internal'; readonly description: string }

/** In the worker: what of a thrown value crosses to the main thread. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CoreError) return { type: 'core', kind: thrown.kind, message: thrown.message }
  if (!(thrown instanceof Error)) return { type: 'internal', description: String(thrown) }
  if ('kind' in thrown && typeof thrown.kind === 'string')
    return {
      type: 'typed',
      name: thrown.name,
      kind: thrown.kind,
      message: thrown.message,
      faults: faultsOf(thrown),
    }
  return { type: 'internal', description: thrown.stack ?? `${thrown.name}: ${thrown.message}` }
}

/** On the main thread: the error that the caller of `run` gets. */
export function errorOf(failure: Failure, taskName: string): CoreError | TaskError {
  if (failure.type === 'core') return new CoreError(failure.kind, failure.message)
  if (failure.type === 'typed')
    return new TaskError(failure.name, failure.kind, failure.message, failure.faults)
  return new TaskError('TaskError', 'internal', `the task ${taskName} failed inside its worker`)
}

/** The parameters that an error names: several in `faults`, or one in `parameter`. */
function faultsOf(thrown: Error): readonly TaskFault[] {
  if ('faults' in thrown && Array.isArray(thrown.faults)) return thrown.faults.filter(isFault)
  if ('parameter' in thrown && typeof thrown.parameter === 'string' && thrown.parameter !== '')
    return [{ parameter: thrown.parameter, message: thrown.message }]
  return []
}

const isFault = (value: unknown): value is TaskFault =>
  typeof value === 'object' &&
  value !== null &&
  'parameter' in value &&
  typeof value.parameter === 'string' &&
  'message' in value &&
  typeof value.message === 'string'
