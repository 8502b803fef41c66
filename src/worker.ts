import { runRotate } from './augment/run.ts'
import type { Backend } from './core/backend.ts'
import { collectGarbage } from './core/collect-garbage.ts'
import { referenceBackend } from './core/reference/backend.ts'
import { WasmBackend } from './core/wasm/executor.ts'
import { ModelMemory } from './core/wasm/memory.ts'
import { instantiateKernels, type KernelInstance, SCRATCH_BYTES } from './core/wasm/module.ts'
import { withStored } from './core/wasm/stored-weights.ts'
import { assist, Team } from './core/wasm/team.ts'
import type { LoadedModel } from './explain/loaded.ts'
import { runExplain, runPredict } from './explain/run.ts'
import { runCompare } from './filters/compare.ts'
import { runCompose } from './filters/compose.ts'
import { FastArithmetic } from './filters/fast.ts'
import { plain } from './filters/plain.ts'
import { runFilter } from './filters/run.ts'
import { loadGraph } from './models/load.ts'
import { shareGraph } from './models/share.ts'
import type { Precision } from './networks/data.ts'
import { runDiagnose } from './networks/diagnose.ts'
import { runTrace } from './networks/trace.ts'
import { runVjp } from './networks/vjp.ts'
import { moving, serveTasks } from './pool/worker.ts'
import type { Shared, SharedModel, SharedRoom, Tasks } from './tasks.ts'

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
  readonly arithmetic: FastArithmetic
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

type Open = OpenModel | OpenRoom

function openRoom({ memory, kernels }: SharedRoom, workerIndex: number): OpenRoom {
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const team = new Team(instance, memory, workerIndex)
  return {
    kind: 'room',
    instance,
    memory,
    arithmetic: new FastArithmetic(shared, team),
    backend: new WasmBackend(shared, team),
  }
}

function openModel({ loaded, card, kernels }: SharedModel, workerIndex: number): OpenModel {
  const { memory } = loaded
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const { mean, std } = card.input
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

function modelOf(open: Open): OpenModel {
  if (open.kind !== 'model') throw new TypeError('this task needs a model')
  return open
}

function roomOf(open: Open): OpenRoom {
  if (open.kind !== 'room') throw new TypeError('this task needs a room to work in')
  return open
}

const backendOf = ({ precision }: { readonly precision: Precision }, open: Open): Backend =>
  precision === 'float64' ? referenceBackend : roomOf(open).backend

/** The buffer of an answer's numbers, so that they need not be copied; those in shared memory are. */
const movable = ({ buffer }: { readonly buffer: ArrayBufferLike }): readonly ArrayBuffer[] =>
  buffer instanceof ArrayBuffer ? [buffer] : []

serveTasks<Tasks, Shared, Open>({
  onResource: (shared, workerIndex) =>
    shared.kind === 'model' ? openModel(shared, workerIndex) : openRoom(shared, workerIndex),
  assist: ({ instance, memory }, slot, member) => assist(instance, memory, slot, member),
  handlers: {
    load: async ({ folder, card, labels, kernels }, { workerIndex }) => {
      try {
        const loaded = await loadGraph(folder, card, labels)
        // the file's bytes, before its weights are packed
        collectGarbage()
        return shareGraph(loaded, kernels, workerIndex)
      } finally {
        // after the answer, which need not wait for it
        setImmediate(collectGarbage)
      }
    },
    filter: (job, { resource }) => {
      const result = runFilter(job.precision === 'float64' ? plain : roomOf(resource).arithmetic, job)
      return moving(result, movable(result.samples.data))
    },
    compare: (job) => {
      const result = runCompare(job)
      return moving(
        result,
        result.results.flatMap(({ data }) => movable(data)),
      )
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
    rotate: (job) => {
      const result = runRotate(job)
      return moving(
        result,
        result.pieces.map(({ buffer }) => buffer),
      )
    },
  },
})
