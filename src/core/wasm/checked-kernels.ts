import { readFileSync } from 'node:fs'
import { CoreError } from '../errors.ts'
import { expectedFile } from '../kernels/folder.ts'
import type { KernelName } from '../kernels/list.ts'
import { SELF_TEST_BYTES, selfTest } from '../kernels/self-test.ts'
import { createModelMemory, ModelMemory } from './memory.ts'
import { compileKernels, instantiateKernels, type KernelModule, SCRATCH_BYTES } from './module.ts'

/** Kernels that agree with their plain twins on this machine, and which of the faster ones did not. */
export interface CheckedKernels {
  readonly kernels: KernelModule
  readonly rejected: readonly KernelName[]
}

/**
 * Compiles the fastest kernels and tests each; if one is wrong, the plain ones are taken, tested as well, and without the
 * revectorizer: it may be at fault. To be called before there are worker threads: compiling changes V8's flags. `check`
 * answers the kernels that are wrong. Throws `unsupported` when the plain ones are wrong too, and Error when they have not been built.
 */
export function checkedKernels(check = failing): CheckedKernels {
  const fastest = compileKernels()
  const rejected = check(fastest)
  if (rejected.length === 0) return { kernels: fastest, rejected }
  const plain = compileKernels('kernels-plain', { revectorize: false })
  const hopeless = check(plain)
  if (hopeless.length > 0)
    throw new CoreError(
      'unsupported',
      `these kernels compute wrong results on this machine: ${hopeless.join(', ')}`,
    )
  return { kernels: plain, rejected }
}

function failing(kernels: KernelModule): readonly KernelName[] {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const instance = instantiateKernels(kernels, raw, memory.allocate(SCRATCH_BYTES))
  const expected = new Float32Array(new Uint8Array(readFileSync(expectedFile)).buffer)
  return selfTest(instance, raw, memory.allocate(SELF_TEST_BYTES), expected)
}
