import type { RotateJob, RotateResult } from './augment/job.ts'
import type { ExplainJob, ExplainResult, PredictJob, PredictResult } from './explain/job.ts'
import type {
  CompareJob,
  CompareResult,
  ComposeJob,
  ComposeResult,
  FilterJob,
  FilterResult,
} from './filters/job.ts'
import type { InputSpec } from './imaging/preprocess.ts'
import type { TrainingPlace, TrainingSetup } from './networks/chunk.ts'
import type { DecisionMapJob, DecisionMapResult } from './networks/decision-map.ts'
import type { DiagnoseJob, DiagnoseResult } from './networks/diagnose.ts'
import type { ReadNetwork } from './networks/network-body.ts'
import type { PreparedTraining, TrainingPlan } from './networks/prepare-training.ts'
import type { AskedTraining, TrainingRequest } from './networks/read-training.ts'
import type { NetworkStore } from './networks/store.ts'
import type { TracedSample, TraceJob, TraceResult } from './networks/trace.ts'
import type { TraceMapsResult } from './networks/trace-maps.ts'
import type { VjpJob, VjpResult } from './networks/vjp.ts'
import type { Priority } from './pool/task.ts'

/** A model that can be run, as the routes see it: its card and its labels. */
export interface ServedModel {
  readonly id: string
  readonly version: string
  readonly title: string
  readonly description: string
  readonly license: string
  readonly source: string
  /** sides of one input, as tensors have them: (features), or (channels, rows, columns) */
  readonly shape: readonly number[]
  /** how pictures become inputs; undefined of a model that takes numbers only */
  readonly input: InputSpec | undefined
  /** one per class */
  readonly labels: readonly string[]
  /** the layer that CAM methods use unless asked for another */
  readonly camLayer: string | undefined
  /** `loaded` models answer at once, `available` ones load on first use */
  readonly status: 'loaded' | 'available'
  /** requests that may be explained in one run, at most; 1 as long as the model is not loaded */
  readonly together: number
  /** of a network that was made here: where it is kept; on disk it survives the process */
  readonly kept?: 'disk' | 'memory' | undefined
}

/** A folder whose model cannot be run, and why. What its card says is there only when the card could be read. */
export interface UnusableModel {
  readonly id: string
  readonly version?: string | undefined
  readonly title?: string | undefined
  readonly status: 'unusable'
  readonly problem: string
}

/** A model as lists show it. */
export type ListedModel = ServedModel | UnusableModel

/** What an engine call brought, and what it waited for. */
export interface Ran<Result> {
  readonly result: Result
  /** milliseconds until a worker took it up */
  readonly queueMs: number
}

/**
 * A place in the queue, taken before decoding and held for the whole request, however many jobs it runs. It is given back
 * by `release`, or when the signal it was taken with aborts. Calls reject with PoolError, CoreError or ExplainError.
 */
export interface Place extends Disposable {
  predict(model: ServedModel, job: PredictJob): Promise<Ran<PredictResult>>
  explain(model: ServedModel, job: ExplainJob): Promise<Ran<ExplainResult>>
  filter(job: FilterJob): Promise<Ran<FilterResult>>
  compare(job: CompareJob): Promise<Ran<CompareResult>>
  compose(job: ComposeJob): Promise<Ran<ComposeResult>>
  decisionMap(job: DecisionMapJob): Promise<Ran<DecisionMapResult>>
  /** `moved`: memory that is the job's alone. The worker gets it instead of a copy; here it is empty afterwards. */
  rotate(job: RotateJob, moved: readonly ArrayBuffer[]): Promise<Ran<RotateResult>>
  gradients(job: VjpJob): Promise<Ran<VjpResult>>
  trace(job: TraceJob): Promise<Ran<TraceResult>>
  traceMaps(sample: TracedSample): Promise<Ran<TraceMapsResult>>
  diagnose(job: DiagnoseJob): Promise<Ran<DiagnoseResult>>
  readNetwork(body: Uint8Array): Promise<Ran<ReadNetwork>>
  readTraining(request: TrainingRequest): Promise<Ran<AskedTraining>>
  /** `moved`: as of `rotate` */
  prepareTraining(plan: TrainingPlan, moved: readonly ArrayBuffer[]): Promise<Ran<PreparedTraining>>
  release(): void
}

export interface AdmitOptions {
  readonly signal: AbortSignal
  /** `batch` requests, which take long, wait behind `interactive` ones, the default */
  readonly priority?: Priority
}

/** All that the HTTP surface asks of the machinery below it. */
export interface Engine {
  readonly models: {
    /** in a stable order, unusable ones included */
    list(): readonly ListedModel[]
    /** by `name` (its newest version) or `name@version` */
    get(id: string): ListedModel | undefined
  }
  /** those of the models that were made here, and can be changed and removed */
  readonly networks: NetworkStore
  /** Threads are up, kernels have passed their self-test, preloaded models are loaded. Rejects when that fails. */
  readonly started: Promise<void>
  /** whether `started` has resolved */
  ready(): boolean
  /** kernel → its variant in use, as `conv` → `conv-fma-revectorized` */
  kernels(): Readonly<Record<string, string>>
  /** Loads the model if need be. Rejects with ExplainError `unknown-layer` when it has no such layer for CAM methods. */
  checkLayer(model: ServedModel, layer: string): Promise<void>
  /** The model as an ONNX file. */
  modelFile(model: ServedModel): Promise<Uint8Array>
  /** Throws PoolError `queue-full` or `draining` at once when there is no place. */
  admit(options: AdmitOptions): Place
  /** Nothing is computed yet. */
  admitTraining(setup: TrainingSetup): TrainingPlace
  stats(): EngineStats
  /** Admits nobody, waits for the places that are held, at most so long, then ends the threads. */
  close(graceMs: number): Promise<void>
}

/** How busy an engine is: threads, those at work, requests that wait. */
export interface EngineStats {
  readonly workers: number
  readonly busy: number
}
