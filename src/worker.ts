import { runRotate } from './augment/run.ts'
import type { Backend } from './core/backend.ts'
import { collectGarbage } from './core/collect-garbage.ts'
import { CoreError } from './core/errors.ts'
import { referenceBackend } from './core/reference/backend.ts'
import { WasmBackend } from './core/wasm/executor.ts'
import { ModelMemory } from './core/wasm/memory.ts'
import { instantiateKernels, type KernelInstance, SCRATCH_BYTES } from './core/wasm/module.ts'
import { withStored } from './core/wasm/stored-weights.ts'
import { assist, Team } from './core/wasm/team.ts'
import type { LoadedModel } from './explain/loaded.ts'
import { runExplain, runPredict } from './explain/run.ts'
import type { Arithmetic } from './filters/arithmetic.ts'
import { runCompare } from './filters/compare.ts'
import { runCompose } from './filters/compose.ts'
import { FastArithmetic } from './filters/fast.ts'
import { movableOf } from './filters/formed.ts'
import type { CompareJob, FilterJob } from './filters/job.ts'
import { plainArithmetic } from './filters/plain.ts'
import { runFilter } from './filters/run.ts'
import { scaleOf } from './models/card.ts'
import { loadGraph, loadNetwork } from './models/load.ts'
import { shareGraph } from './models/share.ts'
import { runChunk, trainerOf } from './networks/chunk.ts'
import type { Precision } from './networks/data.ts'
import { runDecisionMap } from './networks/decision-map.ts'
import { runDiagnose } from './networks/diagnose.ts'
import { runTrace } from './networks/trace.ts'
import type { Trainer } from './networks/train.ts'
import { runVjp } from './networks/vjp.ts'
import { moving, serveTasks, type TaskContext } from './pool/worker.ts'
import type { Shared, SharedModel, SharedRoom, SharedTraining, Tasks } from './tasks.ts'

/** A model in this thread: its own kernels over the memory that all threads share. */
interface OpenModel {
  readonly kind: 'model'
  readonly model: LoadedModel
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

/** The same without a model. */
interface OpenRoom {
  readonly kind: 'room'
  readonly room: ModelMemory
  readonly team: Team
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

/** A training in this thread: its graphs are planned once, however often it pauses. */
interface OpenTraining {
  readonly kind: 'training'
  readonly trainer: Trainer
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

type Open = OpenModel | OpenRoom | OpenTraining

function openRoom({ memory, kernels }: SharedRoom, workerIndex: number): OpenRoom {
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const team = new Team(instance, memory, workerIndex)
  const backend = new WasmBackend(shared, team)
  return { kind: 'room', instance, memory, room: shared, team, backend }
}

function openModel({ loaded, card, kernels }: SharedModel, workerIndex: number): OpenModel {
  const { memory } = loaded
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const { mean, std } = scaleOf(card.input)
  const graph = withStored(loaded.graph, loaded.stored, shared)
  const model = { ...loaded, graph, camLayer: card.layers.cam, mean, std }
  return {
    kind: 'model',
    model,
    instance,
    memory,
    backend: new WasmBackend(shared, new Team(instance, memory, workerIndex)),
  }
}

function openTraining({ setup, memory, kernels }: SharedTraining, workerIndex: number): OpenTraining {
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const backend =
    setup.spec.precision === 'float64'
      ? referenceBackend
      : new WasmBackend(shared, new Team(instance, memory, workerIndex))
  return { kind: 'training', trainer: trainerOf(setup, backend), instance, memory }
}

function open(shared: Shared, workerIndex: number): Open {
  switch (shared.kind) {
    case 'model':
      return openModel(shared, workerIndex)
    case 'room':
      return openRoom(shared, workerIndex)
    case 'training':
      return openTraining(shared, workerIndex)
  }
}

function modelOf(open: Open): OpenModel {
  if (open.kind !== 'model') throw new TypeError('this task needs a model')
  return open
}

function roomOf(open: Open): OpenRoom {
  if (open.kind !== 'room') throw new TypeError('this task needs a room to work in')
  return open
}

/** Throws once the pool has given up on a task. */
const until = (cancelled: () => boolean) => () => {
  if (cancelled()) throw new CoreError('cancelled', 'the request was cancelled')
}

/** Numbers are filtered in float64 by definition, pictures in float32 by kernels. */
function arithmeticOf({ precision }: FilterJob | CompareJob, context: TaskContext<Open>): Arithmetic {
  const checkpoint = until(context.cancelled)
  if (precision === 'float64') return plainArithmetic(checkpoint)
  const { room, team } = roomOf(context.resource)
  return new FastArithmetic(room, team, checkpoint)
}

function trainingOf(open: Open): OpenTraining {
  if (open.kind !== 'training') throw new TypeError('this task needs a training')
  return open
}

const backendOf = ({ precision }: { readonly precision: Precision }, open: Open): Backend =>
  precision === 'float64' ? referenceBackend : roomOf(open).backend

/** The buffer of an answer's numbers, so that they need not be copied; those in shared memory are. */
const movable = ({ buffer }: { readonly buffer: ArrayBufferLike }): readonly ArrayBuffer[] =>
  buffer instanceof ArrayBuffer ? [buffer] : []

serveTasks<Tasks, Shared, Open>({
  onResource: open,
  assist: ({ instance, memory }, slot, member) => assist(instance, memory, slot, member),
  handlers: {
    load: async ({ from, card, labels, kernels }, { workerIndex }) => {
      try {
        const loaded =
          'network' in from
            ? loadNetwork(from.network, card, labels)
            : await loadGraph(from.folder, card, labels)
        // the file's bytes, before its weights are packed
        collectGarbage()
        return shareGraph(loaded, kernels, workerIndex)
      } finally {
        // after the answer, which need not wait for it
        setImmediate(collectGarbage)
      }
    },
    filter: (job, context) => {
      const result = runFilter(arithmeticOf(job, context), job)
      return moving(result, movableOf(result.formed))
    },
    compare: (job, context) => {
      const result = runCompare(arithmeticOf(job, context), job)
      return moving(result, [
        ...result.results.flatMap(movableOf),
        ...(result.plane ? movable(result.plane) : []),
      ])
    },
    compose: runCompose,
    gradients: (job, { resource }) => runVjp(backendOf(job, resource), job),
    trace: (job, { resource }) => runTrace(backendOf(job, resource), job),
    diagnose: (job, { resource }) => runDiagnose(backendOf(job, resource), job),
    predict: (job, { resource }) => {
      const { model, backend } = modelOf(resource)
      return runPredict(model, backend, job)
    },
    explain: (job, { resource }) => {
      const { model, backend } = modelOf(resource)
      const result = runExplain(model, backend, job)
      return moving(result, movable(result.map.data))
    },
    'decision-map': (job, { resource }) => {
      const result = runDecisionMap(roomOf(resource).backend, job)
      const { grid, labels, points } = result.map
      const arrays = [grid.scores, grid.probabilities, labels, points.labels, points.probabilities]
      return moving(result, arrays.flatMap(movable))
    },
    rotate: (job) => {
      const result = runRotate(job)
      return moving(
        result,
        result.pieces.map(({ buffer }) => buffer),
      )
    },
    train: ({ state, milliseconds }, { resource, cancelled }) => {
      const until = performance.now() + milliseconds
      return runChunk(trainingOf(resource).trainer, state, () => cancelled() || performance.now() >= until)
    },
  },
})
