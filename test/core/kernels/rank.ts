import { parentPort, workerData } from 'node:worker_threads'
import { instantiateKernels, type KernelModule } from '../../../src/core/wasm/module.ts'

/** What a worker thread needs to be a rank of a team. */
export interface RankData {
  readonly module: KernelModule
  readonly memory: WebAssembly.Memory
  readonly scratch: number
}

/** Runs of a plan: the worker answers with what `runPlan` returned at last. */
export interface RunMessage {
  readonly plan: number
  readonly rank: number
  readonly team: number
  readonly control: number
  readonly runs: number
}

const { module, memory, scratch } = workerData as RankData
const kernels = instantiateKernels(module, memory, scratch)
parentPort?.on('message', ({ plan, rank, team, control, runs }: RunMessage) => {
  let answer = 0
  for (let run = 0; run < runs; run++) answer = kernels.runPlan(plan, rank, team, control)
  parentPort?.postMessage(answer)
})
