import type { Backend } from './core/backend.ts'
import { referenceBackend } from './core/reference/backend.ts'
import { type Chunk, runChunk, trainerOf } from './networks/chunk.ts'
import type { Precision } from './networks/data.ts'
import { type DecisionMapJob, runDecisionMap } from './networks/decision-map.ts'
import { type DiagnoseJob, runDiagnose } from './networks/diagnose.ts'
import { movedTo } from './networks/state-memory.ts'
import { runTrace, type TracedSample, type TraceJob } from './networks/trace.ts'
import { levelsOf, runTraceMaps } from './networks/trace-maps.ts'
import { runVjp, type VjpJob } from './networks/vjp.ts'
import { moving, type TaskContext } from './pool/worker.ts'
import type { Tasks } from './tasks.ts'
import { movable, type Open, roomOf, trainingOf } from './worker-resources.ts'

type Context = TaskContext<Open>

export const gradients = (job: VjpJob, { resource }: Context) => runVjp(backendOf(job, resource), job)
export const trace = (job: TraceJob, { resource }: Context) => runTrace(backendOf(job, resource), job)
export const diagnose = (job: DiagnoseJob, { resource }: Context) =>
  runDiagnose(backendOf(job, resource), job)

export function traceMaps(sample: TracedSample, { resource }: Context) {
  const result = runTraceMaps(backendOf(sample, resource), sample)
  return moving(result, levelsOf(result).flatMap(movable))
}

export function decisionMap(job: DecisionMapJob, { resource }: Context) {
  const result = runDecisionMap(roomOf(resource).backend, job)
  const { grid, labels, points } = result.map
  const arrays = [grid.scores, grid.probabilities, labels, points.labels, points.probabilities]
  return moving(result, arrays.flatMap(movable))
}

type TrainOrder = Tasks['train']['payload']

export function train({ state, milliseconds, memory }: TrainOrder, { resource, cancelled }: Context): Chunk {
  const training = trainingOf(resource)
  training.trainer ??= trainerOf(training.setup, training.backend)
  const until = performance.now() + milliseconds
  const chunk = runChunk(training.trainer, state, () => cancelled() || performance.now() >= until)
  // copied here, so that the main thread, which all requests pass, copies nothing
  return { ...chunk, state: movedTo(memory, chunk.state) }
}

const backendOf = ({ precision }: { readonly precision: Precision }, open: Open): Backend =>
  precision === 'float64' ? referenceBackend : roomOf(open).backend
