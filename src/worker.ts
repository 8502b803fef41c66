import { runRotate } from './augment/run.ts'
import { WasmBackend } from './core/wasm/executor.ts'
import { ModelMemory } from './core/wasm/memory.ts'
import { instantiateKernels, type KernelInstance, SCRATCH_BYTES } from './core/wasm/module.ts'
import { assist, Team } from './core/wasm/team.ts'
import type { LoadedModel } from './explain/loaded.ts'
import { runExplain, runPredict } from './explain/run.ts'
import { collectGarbage } from './models/collect-garbage.ts'
import { loadGraph } from './models/load.ts'
import { moving, serveTasks } from './pool/worker.ts'
import type { SharedModel, Tasks } from './tasks.ts'

/** A model in this thread: its own kernels over the memory that all threads share. */
interface OpenModel {
  readonly model: LoadedModel
  readonly backend: WasmBackend
  readonly instance: KernelInstance
  readonly memory: WebAssembly.Memory
}

function openModel({ loaded, card, memory, kernels }: SharedModel, workerIndex: number): OpenModel {
  const shared = new ModelMemory(memory, workerIndex)
  const instance = instantiateKernels(kernels, memory, shared.allocate(SCRATCH_BYTES))
  const { mean, std } = card.input
  const model = { ...loaded, camLayer: card.layers.cam, mean, std }
  return {
    model,
    instance,
    memory,
    backend: new WasmBackend(shared, new Team(instance, memory, workerIndex)),
  }
}

serveTasks<Tasks, SharedModel, OpenModel>({
  onResource: openModel,
  assist: ({ instance, memory }, slot, member) => assist(instance, memory, slot, member),
  handlers: {
    load: async ({ folder, card, labels }) => {
      try {
        return await loadGraph(folder, card, labels)
      } finally {
        // after the answer, which need not wait for it
        setImmediate(collectGarbage)
      }
    },
    predict: (job, { resource: { model, backend } }) => runPredict(model, backend, job),
    explain: (job, { resource: { model, backend } }) => {
      const result = runExplain(model, backend, job)
      const { buffer } = result.map.data
      // a map in shared memory, if a method ever answers one, is copied
      return moving(result, buffer instanceof ArrayBuffer ? [buffer] : [])
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
