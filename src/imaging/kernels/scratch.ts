import { readFileSync } from 'node:fs'
import { imagingFile } from '../../core/kernels/folder.ts'

/** The functions of `assembly/`, described there; what they read and write is given by its address. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  /** where room begins */
  heapBase(): number
  sumColumns(
    source: number,
    step: number,
    rows: number,
    channels: number,
    first: number,
    count: number,
    weights: number,
    stride: number,
    width: number,
    target: number,
  ): void
  sumRows(source: number, count: number, weights: number, length: number, target: number): void
  planesOf(
    pixels: number,
    rows: number,
    width: number,
    channels: number,
    order: number,
    tables: number,
    out: number,
    step: number,
    planeBytes: number,
  ): void
  boxDown(
    map: number,
    mapStep: number,
    out: number,
    outStep: number,
    sums: number,
    height: number,
    width: number,
    box: number,
  ): void
  transpose(map: number, mapStep: number, out: number, outStep: number, rows: number, columns: number): void
  strongest(planes: number, channels: number, cells: number, out: number): void
  largest(planes: number, channels: number, cells: number, out: number): void
  magnitudes(numbers: number, length: number, out: number): void
  strengths(numbers: number, length: number, floor: number, scale: number, lowest: number): void
  sampleRow(
    upper: number,
    lower: number,
    down: number,
    cells: number,
    between: number,
    places: number,
    length: number,
    out: number,
  ): void
  paintRow(
    photo: number,
    values: number,
    length: number,
    inks: number,
    offset: number,
    scale: number,
    out: number,
  ): void
}

const PAGE = 65536
const ALIGNMENT = 16
/** Kernels read and write whole vectors. */
const SLACK = 16

type Values = Uint8Array | Uint16Array | Int32Array | Float32Array

/**
 * The kernels for pictures and their memory, during one piece of work that is not interrupted: the next one lays it out anew. It
 * grows to what the largest has needed, and stays: it holds a model's inputs and maps; photos, which may be larger, go through it in
 * parts.
 */
export class Scratch {
  readonly kernels: Kernels
  #next: number

  constructor() {
    this.kernels = imagingKernels()
    this.#next = this.kernels.heapBase()
  }

  /** The address of so many bytes, whatever was in them. */
  room(bytes: number): number {
    const address = this.#next
    this.#next = Math.ceil((address + bytes + SLACK) / ALIGNMENT) * ALIGNMENT
    const { memory } = this.kernels
    const missing = this.#next - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    return address
  }

  /** The address of a copy. */
  place(values: Values): number {
    const address = this.room(values.byteLength)
    this.write(address, values)
    return address
  }

  write(address: number, values: Values): void {
    this.bytes(address, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    )
  }

  /** What lies there now: to be copied before more room is taken, or the work ends. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, address, length)
  }

  /** As `bytes`. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, address, length)
  }
}

let compiled: Kernels | undefined

/**
 * The kernels of this thread, instantiated when it first asks. Without the flags that the core's are compiled with: they are small, and
 * need no more than what every V8 has.
 * @throws Error when the kernels have not been built (`node src/core/kernels/build.ts`)
 */
export function imagingKernels(): Kernels {
  if (!compiled) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(imagingFile)))
    // What the kernels export is written in AssemblyScript, where TypeScript does not look.
    compiled = exports as unknown as Kernels
  }
  return compiled
}
