import { CoreError } from './core/errors.ts'
import type { Arithmetic } from './filters/arithmetic.ts'
import { runCompare } from './filters/compare.ts'
import { FastArithmetic } from './filters/fast.ts'
import { movableOf } from './filters/formed.ts'
import type { CompareJob, FilterJob } from './filters/job.ts'
import { plainArithmetic } from './filters/plain.ts'
import { runFilter } from './filters/run.ts'
import { moving, type TaskContext } from './pool/worker.ts'
import { movable, type Open, roomOf } from './worker-resources.ts'

export { runCompose as compose } from './filters/compose.ts'

export function filter(job: FilterJob, context: TaskContext<Open>) {
  const result = runFilter(arithmeticOf(job, context), job)
  return moving(result, movableOf(result.formed))
}

export function compare(job: CompareJob, context: TaskContext<Open>) {
  const result = runCompare(arithmeticOf(job, context), job)
  return moving(result, [
    ...result.results.flatMap(movableOf),
    ...(result.plane ? movable(result.plane) : []),
  ])
}

/** Numbers are filtered in float64 by definition, pictures in float32 by kernels. */
function arithmeticOf({ precision }: FilterJob | CompareJob, context: TaskContext<Open>): Arithmetic {
  const checkpoint = until(context.cancelled)
  if (precision === 'float64') return plainArithmetic(checkpoint)
  const { room, team } = roomOf(context.resource)
  return new FastArithmetic(room, team, checkpoint)
}

/** Throws once the pool has given up on a task. */
const until = (cancelled: () => boolean) => () => {
  if (cancelled()) throw new CoreError('cancelled', 'the request was cancelled')
}
