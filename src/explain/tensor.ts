import { type Shape, sameShape, sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'

/**
 * Arithmetic of (C,H,W) tensors, as methods write it. Results are as wide (f32 or f64) as the first operand; every
 * single number is computed in f64, and sums are kept there. Plain loops: one closure called per number costs tenfold.
 */
export function sub(a: Tensor, b: Tensor): Tensor {
  const out = emptyLike(sameShaped(a, b))
  for (let i = 0; i < out.length; i++) out[i] = (a.data[i] ?? 0) - (b.data[i] ?? 0)
  return tensor(a.shape, out)
}

export function mul(a: Tensor, b: Tensor): Tensor {
  const out = emptyLike(sameShaped(a, b))
  for (let i = 0; i < out.length; i++) out[i] = (a.data[i] ?? 0) * (b.data[i] ?? 0)
  return tensor(a.shape, out)
}

/** total += a, in place. */
export function addTo(total: Float64Array, { data }: Tensor): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (data[i] ?? 0)
}

/** f of each number. For what is done once a request, not once a sample. */
export function map(a: Tensor, f: (value: number, index: number) => number): Tensor {
  const out = emptyLike(a)
  for (let i = 0; i < out.length; i++) out[i] = f(a.data[i] ?? 0, i)
  return tensor(a.shape, out)
}

export function sum(a: Tensor): number {
  let total = 0
  for (let i = 0; i < a.data.length; i++) total += a.data[i] ?? 0
  return total
}

export function minmax(a: Tensor): { readonly min: number; readonly max: number } {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < a.data.length; i++) {
    const value = a.data[i] ?? 0
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}

function sameShaped(a: Tensor, b: Tensor): Tensor {
  if (!sameShape(a.shape, b.shape)) throw new RangeError(`shapes ${a.shape} and ${b.shape} differ`)
  return a
}

/** max |a|, NaN where one of the numbers is. */
export function largest({ data }: Tensor): number {
  if (data instanceof Float32Array) return largestBits(bitsOf(data))
  let most = 0
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] ?? 0))
  return most
}

/** Of f32, see `bitsOf`. */
function largestBits(data: Int32Array): number {
  let most = 0
  for (let i = 0; i < data.length; i++) most = Math.max(most, (data[i] ?? 0) & MAGNITUDE)
  return new Float32Array(Int32Array.of(most).buffer)[0] ?? 0
}

/** The bits of f32 numbers. As integers, those of MAGNITUDE are in the order of the magnitudes, NaN behind them, and compared in a fifth of the time. */
const bitsOf = ({ buffer, byteOffset, byteLength }: Tensor['data']): Int32Array =>
  new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT)
/** All but the sign. */
const MAGNITUDE = 0x7fffffff

type Precision = 'f32' | 'f64'

export const zeros = (shape: Shape, precision: Precision): Tensor =>
  tensor(shape, precision === 'f64' ? new Float64Array(sizeOf(shape)) : new Float32Array(sizeOf(shape)))

/** Zeros of another shape, as wide as `a`. */
export const emptyLike = ({ data, shape: own }: Tensor, shape: Shape = own): Tensor['data'] =>
  zeros(shape, data instanceof Float64Array ? 'f64' : 'f32').data

/** The dimensions of a (C,H,W) tensor. */
export function planes({ shape }: Tensor): {
  readonly channels: number
  readonly height: number
  readonly width: number
} {
  const [channels, height, width] = shape
  if (channels === undefined || height === undefined || width === undefined || shape.length !== 3)
    throw new RangeError(`expected (C,H,W), got (${shape})`)
  return { channels, height, width }
}

/** (C,H,W) as (1,H,W,C) */
export function channelsLast(a: Tensor): Tensor {
  const { channels, height, width } = planes(a)
  const out = emptyLike(a)
  const area = height * width
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++) out[i * channels + c] = a.data[c * area + i] ?? 0
  return tensor([1, height, width, channels], out)
}

/** The same numbers as f32 or f64; the tensor itself where they already are. */
export function asPrecision(a: Tensor, precision: Precision): Tensor {
  const isDouble = a.data instanceof Float64Array
  if (isDouble === (precision === 'f64')) return a
  return tensor(a.shape, isDouble ? new Float32Array(a.data) : new Float64Array(a.data))
}
