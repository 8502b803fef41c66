import type { RotateJob, RotateResult } from './augment/job.ts'
import type { KernelModule } from './core/wasm/module.ts'
import type { ExplainJob, ExplainResult, PredictJob, PredictResult } from './explain/job.ts'
import type {
  CompareJob,
  CompareResult,
  ComposeJob,
  ComposeResult,
  FilterJob,
  FilterResult,
} from './filters/job.ts'
import type { Card } from './models/card.ts'
import type { BareNetwork } from './models/network-onnx.ts'
import type { SharedGraph } from './models/share.ts'
import type { Chunk, TrainingSetup } from './networks/chunk.ts'
import type { DecisionMapJob, DecisionMapResult } from './networks/decision-map.ts'
import type { DiagnoseJob, DiagnoseResult } from './networks/diagnose.ts'
import type { ReadNetwork } from './networks/network-body.ts'
import type { PreparedTraining, TrainingPlan } from './networks/prepare-training.ts'
import type { AskedTraining, TrainingRequest } from './networks/read-training.ts'
import type { TrainingState } from './networks/state.ts'
import type { StateMemory } from './networks/state-memory.ts'
import type { StoredNetwork } from './networks/store.ts'
import type { TracedSample, TraceJob, TraceResult } from './networks/trace.ts'
import type { TraceMapsResult } from './networks/trace-maps.ts'
import type { VjpJob, VjpResult } from './networks/vjp.ts'

/** What the service asks of its worker threads. */
export interface Tasks {
  load: { payload: LoadOrder; result: SharedGraph }
  predict: { payload: PredictJob; result: PredictResult }
  explain: { payload: readonly ExplainJob[]; result: readonly ExplainResult[] }
  filter: { payload: FilterJob; result: FilterResult }
  compare: { payload: CompareJob; result: CompareResult }
  compose: { payload: ComposeJob; result: ComposeResult }
  gradients: { payload: VjpJob; result: VjpResult }
  trace: { payload: TraceJob; result: TraceResult }
  'trace-maps': { payload: TracedSample; result: TraceMapsResult }
  diagnose: { payload: DiagnoseJob; result: DiagnoseResult }
  rotate: { payload: RotateJob; result: RotateResult }
  'read-network': { payload: Uint8Array; result: ReadNetwork }
  'read-training': { payload: TrainingRequest; result: AskedTraining }
  'prepare-training': { payload: TrainingPlan; result: PreparedTraining }
  onnx: { payload: BareNetwork; result: Uint8Array }
  train: { payload: TrainOrder; result: Chunk }
  'decision-map': { payload: DecisionMapJob; result: DecisionMapResult }
}

/** Which model to load, and what its card says. */
export interface LoadOrder {
  readonly from:
    | { readonly folder: string }
    | { readonly network: Pick<StoredNetwork, 'spec' | 'parameters'> }
  readonly card: Card
  /** how many labels there are, to compare with the classes; undefined: as many as the model has classes */
  readonly labels: number | undefined
  /** to bring its weights in order with */
  readonly kernels: KernelModule
}

/** How long to go on with the training that the task's resource is. */
export interface TrainOrder {
  readonly state: TrainingState
  readonly milliseconds: number
  /** for the numbers of the state that comes of it; none of `state` lies there */
  readonly memory: StateMemory
}

/** A loaded model as it goes to every thread that runs it: nothing in it is copied but the graph's few kilobytes. */
export interface SharedModel {
  readonly kind: 'model'
  readonly loaded: SharedGraph
  readonly card: Card
  readonly kernels: KernelModule
}

/** Memory to work in, for what needs the kernels but no model. */
export interface SharedRoom {
  readonly kind: 'room'
  readonly memory: WebAssembly.Memory
  readonly kernels: KernelModule
}

/** A training, and memory to work in: whatever of it does not change goes to a thread once. */
export interface SharedTraining {
  readonly kind: 'training'
  readonly setup: TrainingSetup
  readonly memory: WebAssembly.Memory
  readonly kernels: KernelModule
}

/** What tasks share. */
export type Shared = SharedModel | SharedRoom | SharedTraining
