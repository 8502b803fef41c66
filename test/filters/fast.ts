import { createModelMemory, ModelMemory } from '../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../src/core/wasm/module.ts'
import { Team } from '../../src/core/wasm/team.ts'
import { FastArithmetic } from '../../src/filters/fast.ts'

/** The kernels in this thread alone. */
export function fastArithmetic(): FastArithmetic {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const instance = instantiateKernels(compileKernels(), raw, memory.allocate(SCRATCH_BYTES))
  return new FastArithmetic(memory, new Team(instance, raw, 0))
}
