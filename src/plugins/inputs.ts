import type { FastifyRequest } from 'fastify'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { HttpError, invalidParameters, problems, toHttpError } from '../errors.ts'
import { type DecodedImage, decodeImage } from '../imaging/decode.ts'
import { TensorError } from '../imaging/errors.ts'
import { findNonFinite, readNpy } from '../imaging/npy.ts'
import type { Fit, Placement } from '../imaging/placement.ts'
import { type InputSpec, preprocess } from '../imaging/preprocess.ts'
import { TENSOR_TYPE, type Upload } from './uploads.ts'

/** One picture or one element of a tensor, as the model takes it and as a map can be drawn on it. */
export interface ModelInput {
  /** (1,C,H,W), preprocessed */
  readonly tensor: Tensor
  /** the photo; for a tensor, what it looks like before its preprocessing */
  readonly image: DecodedImage
  /** where in the image the model's input lies */
  readonly placement: Placement
  readonly source: 'image' | 'tensor'
}

/** How a picture meets the model, where the query says so. */
export interface FitQuery {
  readonly fit?: Fit | undefined
  readonly crop?: number | undefined
}

/** Most images of one request, and most elements of a tensor. */
export const MAX_IMAGES = 32

const NPY_MAGIC = '\x93NUMPY'

const isTensor = ({ type, bytes }: Upload): boolean =>
  type === TENSOR_TYPE ||
  (!type.startsWith('image/') && bytes.toString('latin1', 0, NPY_MAGIC.length) === NPY_MAGIC)

/**
 * Decodes and preprocesses uploads, each when it is asked for: only one photo is in memory at a time. Throws HttpError
 * that names the part it is about.
 */
export async function* modelInputs(
  request: FastifyRequest,
  uploads: readonly Upload[],
  model: ServedModel,
  query: FitQuery,
): AsyncGenerator<ModelInput, void> {
  for (const upload of uploads) {
    request.cancelled.throwIfAborted()
    try {
      if (isTensor(upload)) yield* tensorInputs(upload, model, query)
      else yield await imageInput(request, upload, model, query)
    } catch (error) {
      throw named(upload.name, error)
    }
  }
}

async function imageInput(
  { server, timings }: FastifyRequest,
  { bytes }: Upload,
  model: ServedModel,
  query: FitQuery,
): Promise<ModelInput> {
  const { pixelLimit } = server.config
  const image = await timings.measure('decode', () => decodeImage(bytes, { pixelLimit }))
  const { input, placement } = await timings.measure('preprocess', () =>
    preprocess(image, model.input, query),
  )
  return { tensor: input, image, placement, source: 'image' }
}

/** How many inputs uploads will turn out to be: a tensor by its bytes, before its header is read. */
export function countInputs(uploads: readonly Upload[], { input }: ServedModel): number {
  const bytesEach = 4 * input.mean.length * input.height * input.width
  const counts = uploads.map((upload) =>
    isTensor(upload) ? Math.max(1, Math.floor(upload.bytes.length / bytesEach)) : 1,
  )
  return counts.reduce((a, b) => a + b, 0)
}

/** What the query and the card together make of fit and crop. */
export const cropOf = (
  { input }: ServedModel,
  { fit = 'cover', crop }: FitQuery,
): { fit: Fit; crop: number } => ({
  fit,
  crop: crop ?? (fit === 'cover' ? input.crop : 1),
})

/** Float32 (N,C,H,W), already preprocessed: N inputs. Throws TensorError. */
function* tensorInputs(
  { bytes }: Upload,
  model: ServedModel,
  { fit, crop }: FitQuery,
): Generator<ModelInput, void> {
  const overrides = Object.entries({ fit, crop }).filter(([, value]) => value !== undefined)
  if (overrides.length > 0)
    throw invalidParameters(
      overrides.map(([parameter]) => ({ parameter, message: 'a tensor is preprocessed already' })),
    )
  const { shape, dtype, data } = readNpy(bytes)
  const { width, height } = model.input
  const channels = model.input.mean.length
  const wanted = [channels, height, width]
  const [count = 0, ...rest] = shape
  const expected = `expected float32 of shape (N,${wanted}) for ${model.id}`
  if (!dtype.endsWith('f4')) throw new TensorError('dtype', `${expected}, got ${dtype} of shape (${shape})`)
  if (shape.length !== 4 || rest.some((size, i) => size !== wanted[i]))
    throw new TensorError('shape', `${expected}, got shape (${shape})`)
  if (count < 1 || count > MAX_IMAGES)
    throw new TensorError('shape', `${expected} with N from 1 to ${MAX_IMAGES}, got N = ${count}`)
  const bad = findNonFinite({ shape, data })
  if (bad !== undefined) throw new TensorError('value', bad)

  const size = channels * height * width
  for (let i = 0; i < count; i++) {
    const input = tensor([1, ...wanted], data.slice(i * size, (i + 1) * size))
    const placement = { left: 0, top: 0, width, height }
    yield { tensor: input, image: pictureOf(input, model.input), placement, source: 'tensor' }
  }
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

/** The same refusal, with the part it is about. */
function named(parameter: string, error: unknown): unknown {
  const { type, message, headers, errors } = toHttpError(error)
  if (problems[type].status >= 500 || errors.length > 0) return error
  return new HttpError(type, parameter === 'image' ? message : `${parameter}: ${message}`, {
    errors: [{ parameter, message }],
    headers,
    cause: error,
  })
}
