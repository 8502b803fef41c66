import type { RotateJob, RotateResult } from './augment/job.ts'
import type { KernelModule } from './core/wasm/module.ts'
import type { ExplainJob, ExplainResult, PredictJob, PredictResult } from './explain/job.ts'
import type { Card } from './models/card.ts'
import type { LoadedGraph } from './models/load.ts'

/** What the service asks of its worker threads. */
export interface Tasks {
  load: { payload: LoadOrder; result: LoadedGraph }
  predict: { payload: PredictJob; result: PredictResult }
  explain: { payload: ExplainJob; result: ExplainResult }
  rotate: { payload: RotateJob; result: RotateResult }
}

/** Which files to load, and what their card says. */
export interface LoadOrder {
  readonly folder: string
  readonly card: Card
  /** how many labels the card's file has, to compare with the classes */
  readonly labels: number | undefined
}

/** A loaded model as it goes to every thread that runs it: nothing in it is copied but the graph's few kilobytes. */
export interface SharedModel {
  readonly loaded: LoadedGraph
  readonly card: Card
  readonly memory: WebAssembly.Memory
  readonly kernels: KernelModule
}
