import { CoreError } from '../errors.ts'
import { RESERVED_BYTES } from './control.ts'

const PAGE = 65536
/** A page less than 4 GiB: no address wraps to 0. */
const MAX_PAGES = 65535
const ALIGNMENT = 64

/** Header words (i32 index), in the last page-eighth of the reserved part. */
const HEADER = (RESERVED_BYTES - 8192) / 4
const LOCK = HEADER
const NEXT = HEADER + 1
const REGISTRY_HEAD = HEADER + 2
/**
 * The free blocks are kept in one of two lists, and this word says in which: a change is written to the other one, then
 * this word. So a thread that dies in the middle leaves the list as it was.
 */
const FREE_LIST = HEADER + 3
const FREE_LISTS = HEADER + 4
const MAX_FREE = 500
/** The count, then address and bytes of each. */
const FREE_LIST_WORDS = 1 + 2 * MAX_FREE

/** Registry entry: next entry, address of the data, key length, then the key as bytes. */
const ENTRY_HEADER = 12

/** An empty model memory: shared, two pages, growing to just below 4 GiB. */
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

/**
 * The one shared WebAssembly.Memory of a loaded model, managed by all workers together, each through a view of its own: a
 * reserved low part (control blocks, the header), then blocks that are handed out under a lock: constants, plans, arenas.
 * Constants are registered by key, so that the first worker to need one makes it and the others find it. Addresses are in
 * bytes, lengths in numbers.
 */
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

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#buffer(address + length * 8), address, length)
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer(address + length), address, length)
  }

  shorts(address: number, length: number): Uint16Array {
    return new Uint16Array(this.#buffer(address + length * 2), address, length)
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.#buffer(address + length * 4), address, length)
  }

  /**
   * A block of at least `bytes`, 64-byte aligned. Throws `unsupported` beyond what an address can reach, and `out-of-memory`
   * when the machine has no more.
   */
  allocate(bytes: number): number {
    return this.#locked(() => this.#take(bytes))
  }

  free(address: number, bytes: number): void {
    this.#locked(() => this.#give(address, bytes))
  }

  /**
   * The data registered under `key`; `fill` makes it when nobody has, while others wait, with `roomBytes` at `room` for its
   * own work.
   */
  shared(
    key: string,
    length: number,
    fill: (out: Float32Array, room: number) => void,
    roomBytes = 0,
  ): number {
    return this.#locked(() => {
      const found = this.#find(key)
      if (found !== undefined) return found
      const address = this.#take(length * 4)
      const room = roomBytes > 0 ? this.#take(roomBytes) : 0
      try {
        fill(this.floats(address, length), room)
      } finally {
        if (roomBytes > 0) this.#give(room, roomBytes)
      }
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

  #give(address: number, bytes: number): void {
    this.#writeFree(joined([...this.#readFree(), { address, bytes: align(bytes) }]))
  }

  #extend(size: number): number {
    const address = (this.#header()[NEXT] ?? 0) >>> 0
    const end = address + size
    // Another thread may have grown it already.
    this.memory.grow(0)
    const missing = end - this.memory.buffer.byteLength
    if (end > MAX_PAGES * PAGE)
      throw new CoreError(
        'unsupported',
        `the model needs more than ${Math.floor(MAX_PAGES / 16)} MiB of memory`,
      )
    if (missing > 0) grow(this.memory, Math.ceil(missing / PAGE))
    this.#header()[NEXT] = end | 0
    return address
  }

  #readFree(): Block[] {
    const header = this.#header()
    const list = FREE_LISTS + Atomics.load(header, FREE_LIST) * FREE_LIST_WORDS
    const word = (i: number) => (header[list + 1 + i] ?? 0) >>> 0
    return Array.from({ length: header[list] ?? 0 }, (_, i) => ({
      address: word(2 * i),
      bytes: word(2 * i + 1),
    }))
  }

  /** Beyond MAX_FREE the smallest are forgotten. */
  #writeFree(blocks: readonly Block[]): void {
    const kept =
      blocks.length <= MAX_FREE ? blocks : blocks.toSorted((a, b) => b.bytes - a.bytes).slice(0, MAX_FREE)
    const header = this.#header()
    const other = 1 - Atomics.load(header, FREE_LIST)
    const list = FREE_LISTS + other * FREE_LIST_WORDS
    header[list] = kept.length
    kept.forEach(({ address, bytes }, i) => {
      header[list + 1 + 2 * i] = address | 0
      header[list + 2 + 2 * i] = bytes | 0
    })
    Atomics.store(header, FREE_LIST, other)
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
    // last, when the entry is whole
    Atomics.store(header, REGISTRY_HEAD, entry | 0)
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

function grow(memory: WebAssembly.Memory, pages: number): void {
  try {
    memory.grow(pages)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new CoreError('out-of-memory', `the machine has no ${Math.ceil(pages / 16)} MiB more for the model`)
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
