import type { Backend } from './core/backend.ts'
import { referenceBackend } from './core/reference/backend.ts'
import { WasmBackend } from './core/wasm/executor.ts'
import { ModelMemory } from './core/wasm/memory.ts'
import {
  instantiateKernels,
  type KernelInstance,
  type KernelModule,
  SCRATCH_BYTES,
} from './core/wasm/module.ts'
import { withStored } from './core/wasm/stored-weights.ts'
import { Team } from './core/wasm/team.ts'
import type { LoadedModel } from './explain/loaded.ts'
import { scaleOf } from './models/card.ts'
import type { TrainingSetup } from './networks/chunk.ts'
import type { Trainer } from './networks/train.ts'
import type { Shared, SharedModel, SharedRoom, SharedTraining } from './tasks.ts'

/** A model in a thread: its own kernels over the memory that all threads share. */
export interface OpenModel {
  readonly kind: 'model'
  readonly model: LoadedModel
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

/** The same without a model. */
export interface OpenRoom {
  readonly kind: 'room'
  readonly room: ModelMemory
  readonly team: Team
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

/** A training in a thread: its graphs are planned once, by its first task, however often it pauses. */
export interface OpenTraining {
  readonly kind: 'training'
  readonly setup: TrainingSetup
  readonly backend: Backend
  trainer: Trainer | undefined
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

export type Open = OpenModel | OpenRoom | OpenTraining

/** Kernels over a memory that threads share, and what runs graphs with them. */
function workplaceIn(memory: WebAssembly.Memory, kernels: KernelModule, workerIndex: number) {
  const room = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, room.allocate(SCRATCH_BYTES))
  const team = new Team(instance, memory, workerIndex)
  return { memory, room, instance, team, backend: new WasmBackend(room, team) }
}

function openModel({ loaded, card, kernels }: SharedModel, workerIndex: number): OpenModel {
  const { memory, room, instance, backend } = workplaceIn(loaded.memory, kernels, workerIndex)
  const { mean, std } = scaleOf(card.input)
  const graph = withStored(loaded.graph, loaded.stored, room)
  const model = { ...loaded, graph, camLayer: card.layers.cam, mean, std }
  return { kind: 'model', model, instance, memory, backend }
}

const openRoom = ({ memory, kernels }: SharedRoom, workerIndex: number): OpenRoom => ({
  kind: 'room',
  ...workplaceIn(memory, kernels, workerIndex),
})

function openTraining({ setup, memory, kernels }: SharedTraining, workerIndex: number): OpenTraining {
  const { instance, backend } = workplaceIn(memory, kernels, workerIndex)
  const own = setup.spec.precision === 'float64' ? referenceBackend : backend
  return { kind: 'training', setup, backend: own, trainer: undefined, instance, memory }
}

/** What a shared value becomes in a thread. */
export function open(shared: Shared, workerIndex: number): Open {
  switch (shared.kind) {
    case 'model':
      return openModel(shared, workerIndex)
    case 'room':
      return openRoom(shared, workerIndex)
    case 'training':
      return openTraining(shared, workerIndex)
  }
}

export function modelOf(open: Open): OpenModel {
  if (open.kind !== 'model') throw new TypeError('this task needs a model')
  return open
}

export function roomOf(open: Open): OpenRoom {
  if (open.kind !== 'room') throw new TypeError('this task needs a room to work in')
  return open
}

export function trainingOf(open: Open): OpenTraining {
  if (open.kind !== 'training') throw new TypeError('this task needs a training')
  return open
}

/** The buffer of an answer's numbers, so that they need not be copied; those in shared memory are. */
export const movable = ({ buffer }: { readonly buffer: ArrayBufferLike }): readonly ArrayBuffer[] =>
  buffer instanceof ArrayBuffer ? [buffer] : []
