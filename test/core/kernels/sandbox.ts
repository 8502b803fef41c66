import { buildKernels, type KernelModuleName } from '../../../src/core/kernels/build.ts'
import { encodeArgs } from '../../../src/core/kernels/encode.ts'
import { type KernelArgs, type KernelName, kernelNames } from '../../../src/core/kernels/list.ts'
import { twins } from '../../../src/core/kernels/twins.ts'
import { type Cut, cutOf } from '../../../src/core/kernels/units.ts'
import {
  compileKernels,
  instantiateKernels,
  type KernelInstance,
  type KernelModule,
  SCRATCH_BYTES,
} from '../../../src/core/wasm/module.ts'

await buildKernels()

const PAGE = 65536
export const CONTROL = 4096
const TENSORS = PAGE + 2 * Math.ceil(SCRATCH_BYTES / PAGE) * PAGE

/** A memory with kernels over it, and `pages` of tensors that come one after the other with a gap between. */
export class Sandbox {
  readonly memory: WebAssembly.Memory
  readonly kernels: KernelInstance
  readonly module: KernelModule
  #next = TENSORS
  #seed = 1

  constructor(name: KernelModuleName = 'kernels-fma', pages = 256) {
    this.memory = new WebAssembly.Memory({ initial: TENSORS / PAGE + pages, maximum: 65536, shared: true })
    this.module = compileKernels(name)
    this.kernels = instantiateKernels(this.module, this.memory, this.scratch(0))
  }

  /** Scratch memory for a rank: 0 or 1. */
  scratch(rank: number): number {
    return PAGE + rank * Math.ceil(SCRATCH_BYTES / PAGE) * PAGE
  }

  get floats(): Float32Array {
    return new Float32Array(this.memory.buffer)
  }

  /** From the tensors on: what a kernel may read and write. */
  get tensors(): Float32Array {
    return this.floats.subarray(TENSORS / 4, this.#next / 4)
  }

  /** The address of `length` floats; the unwritten gap behind shows a kernel that writes too far. */
  place(values: readonly number[]): number {
    const address = this.#next
    this.floats.set(values, address / 4)
    this.#next += Math.ceil((values.length * 4 + 64) / 64) * 64
    if (this.#next > this.memory.buffer.byteLength) throw new Error('the sandbox is full')
    return address
  }

  empty(length: number): number {
    return this.place(new Array<number>(length).fill(0))
  }

  /** Whole numbers from −`limit` to `limit`: sums of their products are exact in f32. */
  whole(length: number, limit = 4): number {
    return this.place(Array.from({ length }, () => Math.floor(this.#random() * (2 * limit + 1)) - limit))
  }

  /** Pixels of whole numbers of which many are 0: every fifth channel, others in many neighbours at once. Some zeros are −0. */
  sparse(pixels: number, channels: number): number {
    const address = this.whole(pixels * channels)
    const { floats } = this
    for (let i = 0; i < pixels * channels; i++) {
      const channel = i % channels
      const patch = Math.floor(i / channels / 9)
      if (channel % 5 === 2 || (patch * 31 + channel * 7) % 5 < 2)
        floats[address / 4 + i] = (floats[address / 4 + i] ?? 0) * 0
    }
    return address
  }

  /** Random bits, so many and some more. */
  bits(count: number): number {
    const length = Math.ceil(count / 32)
    const address = this.empty(length)
    const words = new Uint32Array(this.memory.buffer, address, length)
    for (let i = 0; i < length; i++) words[i] = Math.floor(this.#random() * 2 ** 32)
    return address
  }

  /** Numbers from `low` to `high`. */
  real(length: number, low = -2, high = 2): number {
    return this.place(Array.from({ length }, () => low + this.#random() * (high - low)))
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed / 2 ** 32
  }

  /** The address of a plan with these calls. */
  plan(calls: readonly { kernel: KernelName; words: Int32Array; units: number }[]): number {
    const steps = calls.flatMap(({ kernel, words, units }) => {
      const address = this.empty(words.length)
      new Int32Array(this.memory.buffer).set(words, address / 4)
      return [kernelNames.indexOf(kernel), address, units]
    })
    const plan = this.empty(1 + steps.length)
    new Int32Array(this.memory.buffer).set([calls.length, ...steps], plan / 4)
    return plan
  }

  call<K extends KernelName>(kernel: K, args: KernelArgs[K]) {
    return { kernel, words: encodeArgs(kernel, args), units: cutOf(kernel, args).units }
  }

  run<K extends KernelName>(kernel: K, args: KernelArgs[K]): void {
    this.kernels.runPlan(this.plan([this.call(kernel, args)]), 0, 1, CONTROL)
  }

  /** All tensors after the kernel has run and after its twin has, from the same start; the kernel's stay. */
  compare<K extends KernelName>(
    kernel: K,
    args: KernelArgs[K],
  ): { got: Float32Array; expected: Float32Array } {
    const plan = this.plan([this.call(kernel, args)])
    const twin = this.floats.slice(0, this.#next / 4)
    twins[kernel](twin, args)
    this.kernels.runPlan(plan, 0, 1, CONTROL)
    return { got: this.tensors.slice(), expected: twin.subarray(TENSORS / 4) }
  }

  /** Makes the tensors' whole numbers such that only the same order of sums gives the same bits; zeros stay. */
  makeRounding(): void {
    const { tensors } = this
    for (let i = 0; i < tensors.length; i++)
      if (tensors[i] !== 0) tensors[i] = (tensors[i] ?? 0) * 0.1234567 + Math.sin(i) * 0.01
  }

  /** All tensors after the call in units of at least so many nanoseconds, last unit first; then as they were. */
  runCut<K extends KernelName>(kernel: K, args: KernelArgs[K], minUnitNs: number): Float32Array {
    const cut = cutOf(kernel, args, minUnitNs)
    const before = this.tensors.slice()
    const units = Array.from({ length: cut.units }, (_, unit) => unit)
    this.runUnits(kernel, args, cut, units.reverse())
    const after = this.tensors.slice()
    this.tensors.set(before)
    return after
  }

  /** Some units of a call, one after the other. */
  runUnits<K extends KernelName>(kernel: K, args: KernelArgs[K], cut: Cut, units: readonly number[]): void {
    const words = encodeArgs(kernel, args, cut)
    const next = this.#next
    const address = this.empty(words.length)
    new Int32Array(this.memory.buffer).set(words, address / 4)
    for (const unit of units) this.kernels.runUnit(kernelNames.indexOf(kernel), address, unit)
    this.#next = next
  }
}

/** Kernels that sum over windows; none of their operands is an index. */
export const windowKernels = ['conv', 'narrow', 'winograd', 'depthwise', 'pool', 'poolGrad'] as const

/** Kernels whose results depend on the order of sums. */
export const summingKernels = [...windowKernels, 'separable', 'correlate', 'box', 'bilateral'] as const

/** The first element further from its expectation than `tolerance`, relative to 1 or to the element, or undefined. */
export function firstDifference(
  got: Float32Array,
  expected: Float32Array,
  tolerance: number,
): { index: number; got: number; expected: number } | undefined {
  const bitsOf = (list: Float32Array) => new Uint32Array(list.buffer, list.byteOffset, list.length)
  const [gotBits, expectedBits] = [bitsOf(got), bitsOf(expected)]
  for (let index = 0; index < got.length; index++) {
    if (gotBits[index] === expectedBits[index]) continue
    const a = got[index] ?? 0
    const b = expected[index] ?? 0
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) return { index, got: a, expected: b }
  }
  return undefined
}
