import { type Shape, sameShape } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { reduceChannels } from '../explain/channels.ts'
import { minmax } from '../explain/tensor.ts'
import type { DecodedImage } from '../imaging/decode.ts'
import { TensorError } from '../imaging/errors.ts'
import { findNonFinite, readNpy } from '../imaging/npy.ts'
import type { InputSpec } from '../imaging/preprocess.ts'
import { readTensorJson } from '../imaging/read-tensor-json.ts'
import { MAX_IMAGES } from '../schemas/common.ts'
import { TENSOR_TYPES, type Upload } from './uploads.ts'

/** One element of a tensor: as the model takes it, and what it looks like before its preprocessing. */
interface TensorInput {
  /** (1,C,H,W) */
  readonly tensor: Tensor
  readonly image: DecodedImage
}

/** A tensor as its file says it is, before it is compared with what the model wants. */
interface Read {
  readonly shape: readonly number[]
  /** the file's own word for the type of its elements */
  readonly type: string
  readonly isFloat32: boolean
  readonly data: Float32Array | Float64Array
}

const NPY_MAGIC = '\x93NUMPY'

/** How an upload holds a tensor, if it does: by its media type, or by its first bytes when that names no picture. */
export function tensorFormat({ type, bytes }: Upload): keyof typeof TENSOR_TYPES | undefined {
  if (type === TENSOR_TYPES.npy) return 'npy'
  if (type === TENSOR_TYPES.json) return 'json'
  const isNpy = !type.startsWith('image/') && bytes.toString('latin1', 0, NPY_MAGIC.length) === NPY_MAGIC
  return isNpy ? 'npy' : undefined
}

/** A tensor for a model: float32 (N, …) of the model's shape, finite, 1 ≤ N ≤ 32; as (N,C,H,W). Throws TensorError. */
export function readTensor(
  bytes: Buffer,
  format: keyof typeof TENSOR_TYPES,
  { id, shape: wanted }: ServedModel,
): Tensor {
  const { shape, type, isFloat32, data } = readers[format](bytes, planesOf(wanted))
  const [count = 0, ...rest] = shape
  const expected = `expected ${format === 'npy' ? 'float32' : 'FP32'} of shape (N,${wanted}) for ${id}`
  if (!isFloat32) throw new TensorError('dtype', `${expected}, got ${type} of shape (${shape})`)
  if (!sameShape(rest, wanted)) throw new TensorError('shape', `${expected}, got shape (${shape})`)
  if (count < 1 || count > MAX_IMAGES)
    throw new TensorError('shape', `${expected} with N from 1 to ${MAX_IMAGES}, got N = ${count}`)
  const bad = findNonFinite({ shape, data })
  if (bad !== undefined) throw new TensorError('value', bad)
  return tensor([count, ...planesOf(wanted)], data)
}

/** Sides of an input as (channels, rows, columns): features are one row. */
export const planesOf = (shape: Shape): readonly [number, number, number] => {
  const [channels = 1, height, width] = shape
  return height === undefined || width === undefined ? [1, 1, channels] : [channels, height, width]
}

/** The N inputs of a tensor (N,C,H,W). */
export function* tensorInputs(
  { shape: [count = 0, ...rest], data }: Tensor,
  { input }: ServedModel,
): Generator<TensorInput, void> {
  const size = data.length / count
  for (let i = 0; i < count; i++) {
    const one = tensor([1, ...rest], data.slice(i * size, (i + 1) * size))
    yield { tensor: one, image: input ? pictureOf(one, input) : greyOf(one) }
  }
}

const readers: {
  readonly [F in keyof typeof TENSOR_TYPES]: (bytes: Buffer, wanted: readonly number[]) => Read
} = {
  npy: (bytes) => {
    const { shape, dtype, data } = readNpy(bytes)
    return { shape, type: dtype, isFloat32: dtype.endsWith('f4'), data }
  },
  json: (bytes, [channels = 0, height = 0]) => {
    const maxLists = 2 + MAX_IMAGES * (1 + channels * (1 + height))
    const { shape, datatype, data } = readTensorJson(bytes, { maxLists })
    return { shape, type: datatype, isFloat32: datatype === 'FP32', data }
  },
}

/** What a preprocessed input looks like: v·std + mean as bytes. */
function pictureOf({ data }: Tensor, { width, height, color, mean, std }: InputSpec): DecodedImage {
  const size = width * height
  const pixels = Buffer.alloc(size * 3)
  for (let i = 0; i < size; i++)
    for (let rgb = 0; rgb < 3; rgb++) {
      const channel = color === 'gray' ? 0 : color === 'bgr' ? 2 - rgb : rgb
      const value = (data[channel * size + i] ?? 0) * (std[channel] ?? 1) + (mean[channel] ?? 0)
      pixels[i * 3 + rgb] = Math.min(255, Math.max(0, Math.round(value)))
    }
  return { width, height, pixels, format: 'png', warnings: [] }
}

/** What numbers look like that are no picture: the means of their channels from black, the least, to white. */
function greyOf({ shape: [, ...rest], data }: Tensor): DecodedImage {
  const mean = reduceChannels(tensor(rest, data), 'mean')
  const [height = 1, width = 1] = mean.shape
  const { min, max } = minmax(mean)
  const pixels = Buffer.alloc(width * height * 3)
  for (let i = 0; i < mean.data.length; i++) {
    const share = max > min ? ((mean.data[i] ?? 0) - min) / (max - min) : 0
    pixels.fill(Math.round(255 * share), i * 3, i * 3 + 3)
  }
  return { width, height, pixels, format: 'png', warnings: [] }
}
