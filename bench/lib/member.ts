import { parentPort, workerData } from 'node:worker_threads'
import { instantiateKernels, type KernelModule } from '../../src/core/wasm/module.ts'
import { assist } from '../../src/core/wasm/team.ts'

/** What a thread needs to join the main thread's team. */
export interface Seat {
  readonly kernels: KernelModule
  readonly memory: WebAssembly.Memory
  readonly scratch: number
  readonly member: number
}

const { kernels, memory, scratch, member }: Seat = workerData
const instance = instantiateKernels(kernels, memory, scratch)
parentPort?.postMessage('here')
assist(instance, memory, 0, member)
