import type { Value } from '../core/ir/graph.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { createModelMemory, ModelMemory } from '../core/wasm/memory.ts'
import { instantiateKernels, type KernelModule, SCRATCH_BYTES } from '../core/wasm/module.ts'
import { type StoredWeights, storeWeights } from '../core/wasm/stored-weights.ts'
import { Team } from '../core/wasm/team.ts'
import type { LoadedGraph } from './load.ts'

/** A loaded model as it goes to other threads: plain data over shared memory, posting it copies no weights. */
export interface SharedGraph extends LoadedGraph {
  /** the model's, in which threads keep what they make of its weights */
  readonly memory: WebAssembly.Memory
  /** large weights that are in that memory, and not in the graph; see `withStored` */
  readonly stored: ReadonlyMap<Value, StoredWeights>
  /** of the weights in the graph, which are outside that memory */
  readonly weightBytes: number
}

/** Moves a model's weights to shared memory; `worker` is the one that this thread is. */
export function shareGraph(loaded: LoadedGraph, kernels: KernelModule, worker: number): SharedGraph {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, worker)
  const scratch = memory.allocate(SCRATCH_BYTES)
  const team = new Team(instantiateKernels(kernels, raw, scratch), raw, worker)
  const forward = { ...loaded.graph, outputs: [loaded.logits] }
  const stored = storeWeights(forward, memory, team)
  memory.free(scratch, SCRATCH_BYTES)
  let weightBytes = 0
  const constants = new Map<Value, Tensor>()
  for (const [value, tensor] of loaded.graph.constants) {
    if (stored.has(value)) continue
    const data = shareNumbers(tensor.data)
    weightBytes += data.byteLength
    constants.set(value, { ...tensor, data })
  }
  return { ...loaded, graph: { ...loaded.graph, constants }, memory: raw, stored, weightBytes }
}

function shareNumbers(data: Tensor['data']): Tensor['data'] {
  const shared = new SharedArrayBuffer(data.byteLength)
  const copy = data instanceof Float32Array ? new Float32Array(shared) : new Float64Array(shared)
  copy.set(data)
  return copy
}
