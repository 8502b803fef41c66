import { parentPort, workerData } from 'node:worker_threads'
import { ModelMemory } from '../../../src/core/wasm/memory.ts'

/** A thread that takes and gives back a block until it is killed, in a memory full of holes. */
const { raw, holes, bytes }: { raw: WebAssembly.Memory; holes: number; bytes: number } = workerData
const memory = new ModelMemory(raw, 1)
const blocks = Array.from({ length: 2 * holes }, () => memory.allocate(bytes))
for (const [i, block] of blocks.entries()) if (i % 2 === 0) memory.free(block, bytes)
parentPort?.postMessage(blocks.filter((_, i) => i % 2 === 1))
for (;;) memory.free(memory.allocate(bytes), bytes)
