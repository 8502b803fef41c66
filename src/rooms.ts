import { createModelMemory } from './core/wasm/memory.ts'
import type { KernelModule } from './core/wasm/module.ts'
import type { SharedRoom } from './tasks.ts'

/** Beyond this a room is not kept for the next request: its memory never shrinks. */
const LARGEST_BYTES = 256 << 20

/** Memory to work in, under the key by which threads know it. */
interface Room {
  readonly key: string
  readonly value: SharedRoom
}

/** The room that tasks without a model work in, several at once; given up for a new one when it has grown or is suspect. */
export class Rooms {
  readonly #kernels: KernelModule
  readonly #forget: (key: string) => void
  #count = 0
  #current: Room

  /** `forget` tells threads that a room is over; those at work in it stay until they are done. */
  constructor(kernels: KernelModule, forget: (key: string) => void) {
    this.#kernels = kernels
    this.#forget = forget
    this.#current = this.#fresh()
  }

  get current(): Room {
    return this.#current
  }

  /** After a task. */
  tidy({ key, value }: Room): void {
    if (key === this.#current.key && value.memory.buffer.byteLength > LARGEST_BYTES) this.#giveUp()
  }

  /** A thread died in this memory, and nobody knows what it was about to write. */
  abandon(memory: WebAssembly.Memory): void {
    if (this.#current.value.memory === memory) this.#giveUp()
  }

  #giveUp(): void {
    this.#forget(this.#current.key)
    this.#current = this.#fresh()
  }

  #fresh(): Room {
    this.#count += 1
    const value = { kind: 'room', memory: createModelMemory(), kernels: this.#kernels } as const
    return { key: `room#${this.#count}`, value }
  }
}
