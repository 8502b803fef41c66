import type { Backend } from './core/backend.ts'
import { referenceBackend } from './core/reference/backend.ts'
import { type BareNetwork, networkOnnx } from './models/network-onnx.ts'
import { type Chunk, runChunk, trainerOf } from './networks/chunk.ts'
import type { Precision } from './networks/data.ts'
import { type DecisionMapJob, runDecisionMap } from './networks/decision-map.ts'
import { type DiagnoseJob, runDiagnose } from './networks/diagnose.ts'
import { readNetworkBody } from './networks/network-body.ts'
import { prepareTraining, type TrainingPlan } from './networks/prepare-training.ts'
import { readTraining, type TrainingRequest } from './networks/read-training.ts'
import { arraysOfSamples } from './networks/samples.ts'
import { arraysOf } from './networks/state.ts'
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

export function onnx(network: BareNetwork) {
  // a small file may lie in a buffer that others are in too
  const file = new Uint8Array(networkOnnx(network))
  return moving(file, movable(file))
}

export function readNetwork(bytes: Uint8Array) {
  const read = readNetworkBody(bytes)
  return moving(read, buffersOf(read.parameters))
}

export async function askedTraining(request: TrainingRequest) {
  const asked = await readTraining(request)
  const { model, samples } = asked
  return moving(asked, [
    ...(typeof model === 'string' ? [] : buffersOf(model.parameters)),
    ...(samples ? buffersOf(arraysOfSamples(samples)) : []),
  ])
}

export function preparedTraining(plan: TrainingPlan) {
  const prepared = prepareTraining(plan)
  return moving(prepared, buffersOf(arraysOf(prepared.state)))
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

/** Buffers of arrays, each once: files that came in one buffer can share it. */
const buffersOf = (arrays: readonly { readonly buffer: ArrayBufferLike }[]): readonly ArrayBuffer[] => [
  ...new Set(arrays.flatMap(movable)),
]

const backendOf = ({ precision }: { readonly precision: Precision }, open: Open): Backend =>
  precision === 'float64' ? referenceBackend : roomOf(open).backend
