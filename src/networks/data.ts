import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { NetworkError } from './errors.ts'
import { seededRandom, shuffled } from './random.ts'

/** Samples to learn from: row-major numbers, one input and one target for each. Plain data: it crosses threads. */
export interface DataSet {
  readonly count: number
  /** of one sample */
  readonly inputShape: readonly number[]
  readonly targetShape: readonly number[]
  readonly inputs: Float32Array | Float64Array
  readonly targets: Float32Array | Float64Array
}

export type Precision = 'float32' | 'float64'

/** Some samples as batches of a precision, in the order given. */
export function gather(
  { inputs, targets, inputShape, targetShape }: DataSet,
  samples: ArrayLike<number>,
  precision: Precision,
): { x: Tensor; t: Tensor } {
  return {
    x: rows(inputs, sizeOf(inputShape), samples, inputShape, precision),
    t: rows(targets, sizeOf(targetShape), samples, targetShape, precision),
  }
}

function rows(
  data: Float32Array | Float64Array,
  length: number,
  samples: ArrayLike<number>,
  shape: readonly number[],
  precision: Precision,
): Tensor {
  const out = numbersOf(precision, samples.length * length)
  for (let i = 0; i < samples.length; i++) {
    const from = (samples[i] ?? 0) * length
    out.set(data.subarray(from, from + length), i * length)
  }
  return tensor([samples.length, ...shape], out)
}

export const numbersOf = (precision: Precision, length: number): Float32Array | Float64Array =>
  precision === 'float32' ? new Float32Array(length) : new Float64Array(length)

/** The same in memory that threads share: sending it copies nothing. */
export const sharedNumbersOf = (precision: Precision, length: number): Float32Array | Float64Array =>
  precision === 'float32'
    ? new Float32Array(new SharedArrayBuffer(4 * length))
    : new Float64Array(new SharedArrayBuffer(8 * length))

export const precisionOf = (array: Float32Array | Float64Array): Precision =>
  array instanceof Float32Array ? 'float32' : 'float64'

/** How many samples are kept for validation. Throws NetworkError when none is left to learn from. */
export function heldBack(count: number, validation: number): number {
  const held = Math.round(count * validation)
  if (held < count) return held
  throw new NetworkError(
    'bad-data',
    'validation',
    `expected samples to learn from: ${count} with validation=${validation} leave none`,
  )
}

/** Samples for learning and for validation: a share of them, drawn by the seed. Throws NetworkError when nothing is left. */
export function split(
  { count }: DataSet,
  validation: number,
  seed: number,
): { learning: Uint32Array; validation: Uint32Array } {
  const held = heldBack(count, validation)
  if (held === 0)
    return { learning: Uint32Array.from({ length: count }, (_, i) => i), validation: new Uint32Array() }
  const order = shuffled(count, seededRandom(seed, SPLIT, 0))
  return { learning: order.slice(held).sort(), validation: order.slice(0, held).sort() }
}

/** With it the split has three seeds, and the order of an epoch two: they never have the same numbers. */
const SPLIT = 0x5eed
