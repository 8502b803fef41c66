import { WasmBackend } from '../../src/core/wasm/executor.ts'
import { createModelMemory, ModelMemory } from '../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../src/core/wasm/module.ts'
import { Team } from '../../src/core/wasm/team.ts'

/** The WASM executor on this thread alone, over a memory of its own. */
export function wasmBackend(): WasmBackend {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const kernels = instantiateKernels(compileKernels(), raw, memory.allocate(SCRATCH_BYTES))
  return new WasmBackend(memory, new Team(kernels, raw, 0))
}
