import type { KernelArgs, KernelName } from './list.ts'

/**
 * A kernel's plain twin: the same call as loops over numbers (f64), on a view of the memory from address 0. Slow and obvious;
 * the tests and the start self-test hold the kernels against it.
 */
export type Twin<K extends KernelName> = (memory: Float32Array, args: KernelArgs[K]) => void

export const read = (memory: Float32Array, address: number, element: number): number =>
  memory[address / 4 + element] ?? Number.NaN
export const write = (memory: Float32Array, address: number, element: number, value: number): void => {
  memory[address / 4 + element] = value
}

export const bytes = (memory: Float32Array): Uint8Array =>
  new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength)
