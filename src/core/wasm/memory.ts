import { CoreError } from '../errors.ts'
import { RESERVED_BYTES } from './control.ts'

/**
 * The one shared WebAssembly.Memory of a loaded model, managed by all workers together: a reserved low part (control
 * blocks, this header), then blocks that are handed out under a lock: constants, plans, arenas. Constants are registered
 * by key, so that the first worker to need one makes it and the others find it.
 */
const PAGE = 65536
/** A page less than 4 GiB: no address wraps to 0. */
const MAX_PAGES = 65535
const ALIGNMENT = 64

/** Header words (i32 index), in the last page-eighth of the reserved part. */
const HEADER = (RESERVED_BYTES - 8192) / 4
const LOCK = HEADER
const NEXT = HEADER + 1
const REGISTRY_HEAD = HEADER + 2
const FREE_COUNT = HEADER + 3
const FREE_LIST = HEADER + 4
const MAX_FREE = 1000

/** Registry entry: next entry, address of the data, key length, then the key as bytes. */
const ENTRY_HEADER = 12

export const createModelMemory = (): WebAssembly.Memory => {
  const memory = new WebAssembly.Memory({
    initial: RESERVED_BYTES / PAGE + 1,
    maximum: MAX_PAGES,
    shared: true,
  })
  new Int32Array(memory.buffer)[NEXT] = RESERVED_BYTES
  return memory
}

/** Frees the lock that a worker died with, so that others can go on. Its own blocks stay taken. From any thread. */
export function releaseLock(memory: WebAssembly.Memory, worker: number): void {
  const header = new Int32Array(memory.buffer)
  if (Atomics.compareExchange(header, LOCK, worker + 1, 0) === worker + 1) Atomics.notify(header, LOCK)
}

export class ModelMemory {
  readonly memory: WebAssembly.Memory
  readonly #worker: number

  constructor(memory: WebAssembly.Memory, worker: number) {
    this.memory = memory
    this.#worker = worker
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#buffer(address + length * 4), address, length)
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.#buffer(address + length * 4), address, length)
  }

  /** A block of at least `bytes`, 64-byte aligned. Throws RangeError when the memory cannot grow. */
  allocate(bytes: number): number {
    return this.#locked(() => this.#take(bytes))
  }

  free(address: number, bytes: number): void {
    this.#locked(() => this.#writeFree(joined([...this.#readFree(), { address, bytes: align(bytes) }])))
  }

  /** The data registered under `key`; `fill` makes it when nobody has, while others wait. */
  shared(key: string, length: number, fill: (out: Float32Array) => void): number {
    return this.#locked(() => {
      const found = this.#find(key)
      if (found !== undefined) return found
      const address = this.#take(length * 4)
      fill(this.floats(address, length))
      this.#register(key, address)
      return address
    })
  }

  /** The smallest free block that fits, its rest given back; else new room at the end. */
  #take(bytes: number): number {
    const size = align(bytes)
    const free = this.#readFree()
    const fitting = free.filter((block) => block.bytes >= size)
    const best = fitting.reduce<Block | undefined>((a, b) => (a && a.bytes <= b.bytes ? a : b), undefined)
    if (!best) return this.#extend(size)
    const rest = { address: best.address + size, bytes: best.bytes - size }
    this.#writeFree(free.flatMap((block) => (block !== best ? [block] : rest.bytes > 0 ? [rest] : [])))
    return best.address
  }

  #extend(size: number): number {
    const address = (this.#header()[NEXT] ?? 0) >>> 0
    const end = address + size
    // Another thread may have grown it already.
    this.memory.grow(0)
    const missing = end - this.memory.buffer.byteLength
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE))
      } catch {
        throw new CoreError(
          'unsupported',
          `the model needs more than ${Math.floor(MAX_PAGES / 16)} MiB of memory`,
        )
      }
    }
    this.#header()[NEXT] = end | 0
    return address
  }

  #readFree(): Block[] {
    const header = this.#header()
    const word = (i: number) => (header[FREE_LIST + i] ?? 0) >>> 0
    return Array.from({ length: header[FREE_COUNT] ?? 0 }, (_, i) => ({
      address: word(2 * i),
      bytes: word(2 * i + 1),
    }))
  }

  /** Beyond MAX_FREE the smallest are forgotten. */
  #writeFree(blocks: readonly Block[]): void {
    const kept =
      blocks.length <= MAX_FREE ? blocks : blocks.toSorted((a, b) => b.bytes - a.bytes).slice(0, MAX_FREE)
    const header = this.#header()
    header[FREE_COUNT] = kept.length
    kept.forEach(({ address, bytes }, i) => {
      header[FREE_LIST + 2 * i] = address | 0
      header[FREE_LIST + 2 * i + 1] = bytes | 0
    })
  }

  #find(key: string): number | undefined {
    const bytes = encoder.encode(key)
    let entry = (this.#header()[REGISTRY_HEAD] ?? 0) >>> 0
    while (entry !== 0) {
      const [next = 0, address = 0, length = 0] = this.words(entry, 3)
      if (
        length === bytes.length &&
        sameBytes(
          bytes,
          new Uint8Array(this.#buffer(entry + ENTRY_HEADER + length), entry + ENTRY_HEADER, length),
        )
      )
        return address >>> 0
      entry = next >>> 0
    }
    return undefined
  }

  #register(key: string, address: number): void {
    const bytes = encoder.encode(key)
    const entry = this.#take(ENTRY_HEADER + bytes.length)
    const header = this.#header()
    this.words(entry, 3).set([header[REGISTRY_HEAD] ?? 0, address | 0, bytes.length])
    new Uint8Array(this.#buffer(entry + ENTRY_HEADER + bytes.length), entry + ENTRY_HEADER, bytes.length).set(
      bytes,
    )
    header[REGISTRY_HEAD] = entry | 0
  }

  #header(): Int32Array {
    return new Int32Array(this.memory.buffer, 0, RESERVED_BYTES / 4)
  }

  /** Another thread may have grown the memory: a view beyond the old length needs the buffer asked for again. */
  #buffer(end: number): ArrayBuffer | SharedArrayBuffer {
    if (end > this.memory.buffer.byteLength) this.memory.grow(0)
    return this.memory.buffer
  }

  #locked<T>(work: () => T): T {
    const header = this.#header()
    for (;;) {
      const holder = Atomics.compareExchange(header, LOCK, 0, this.#worker + 1)
      if (holder === 0) break
      Atomics.wait(header, LOCK, holder, 100)
    }
    try {
      return work()
    } finally {
      Atomics.store(header, LOCK, 0)
      Atomics.notify(header, LOCK)
    }
  }
}

interface Block {
  readonly address: number
  readonly bytes: number
}

/** Free blocks by address, neighbours made one. */
function joined(blocks: readonly Block[]): Block[] {
  const result: Block[] = []
  for (const block of blocks.toSorted((a, b) => a.address - b.address)) {
    const before = result.at(-1)
    if (before && before.address + before.bytes === block.address)
      result[result.length - 1] = { address: before.address, bytes: before.bytes + block.bytes }
    else result.push(block)
  }
  return result
}

const encoder = new TextEncoder()
const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i])
