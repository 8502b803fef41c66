import { parentPort, workerData } from 'node:worker_threads'
import { ModelMemory } from '../../../src/core/wasm/memory.ts'
import { instantiateKernels, type KernelModule, SCRATCH_BYTES } from '../../../src/core/wasm/module.ts'
import { assist } from '../../../src/core/wasm/team.ts'

/** A thread that assists slot 0 as member 1 whenever it is told to. */
const { kernels, raw }: { kernels: KernelModule; raw: WebAssembly.Memory } = workerData
const instance = instantiateKernels(kernels, raw, new ModelMemory(raw, 1).allocate(SCRATCH_BYTES))
parentPort?.on('message', () => {
  assist(instance, raw, 0, 1)
  parentPort?.postMessage('left')
})
parentPort?.postMessage('ready')
