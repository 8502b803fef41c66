import type { FastifyRequest } from 'fastify'
import { sizeOf } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { HttpError, invalidParameters, problems, toHttpError } from '../errors.ts'
import { type DecodedImage, decodeImage } from '../imaging/decode.ts'
import { type Fit, type Placement, placeCrop } from '../imaging/placement.ts'
import { type FitOverrides, type InputSpec, preprocess } from '../imaging/preprocess.ts'
import { planesOf, readTensor, tensorFormat, tensorInputs } from './tensor-inputs.ts'
import { TENSOR_TYPES, type Upload } from './uploads.ts'

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

/**
 * Decodes and preprocesses uploads, each when it is asked for: only one photo is in memory at a time. After one that cannot
 * be used the others are only looked at, and an HttpError names all the bad ones.
 */
export async function* modelInputs(
  request: FastifyRequest,
  uploads: readonly Upload[],
  model: ServedModel,
  query: FitOverrides,
): AsyncGenerator<ModelInput, void> {
  const refusals: HttpError[] = []
  for (const upload of uploads) {
    request.cancelled.throwIfAborted()
    try {
      for await (const input of inputsOf(request, upload, model, query))
        if (refusals.length === 0) yield input
    } catch (error) {
      refusals.push(refusalOf(upload.name, error))
    }
  }
  if (refusals.length > 0) throw together(refusals)
}

async function* inputsOf(
  request: FastifyRequest,
  upload: Upload,
  model: ServedModel,
  query: FitOverrides,
): AsyncGenerator<ModelInput, void> {
  const format = tensorFormat(upload)
  if (format) yield* fromTensor(request, { ...upload, format }, model, query)
  else yield await imageInput(request, upload, model, query)
}

async function imageInput(
  { server, timings }: FastifyRequest,
  { name, bytes }: Upload,
  model: ServedModel,
  query: FitOverrides,
): Promise<ModelInput> {
  const { pixelLimit } = server.config
  const spec = model.input
  if (!spec)
    throw new HttpError(
      'unsupported-media-type',
      `the model ${model.id} takes no pictures: expected numbers of shape (N,${model.shape}), as ${TENSOR_TYPES.npy} or ${TENSOR_TYPES.json}`,
    )
  const image = await timings.measure('decode', () => decodeImage(bytes, { pixelLimit }))
  checkCrop(name, image, spec, query)
  const { input, placement } = await timings.measure('preprocess', () => preprocess(image, spec, query))
  return { tensor: input, image, placement, source: 'image' }
}

/** The card's own crop is taken whatever it leaves: a picture of one pixel is a picture. Throws `invalid-parameter`. */
function checkCrop(name: string, image: DecodedImage, input: InputSpec, query: FitOverrides): void {
  const { fit = 'cover', crop = input.crop } = query
  if (crop >= input.crop) return
  const { width, height } = placeCrop(image, input, fit, crop)
  if (width >= 1 && height >= 1) return
  const message = `expected a share that leaves a pixel of ${name} (${image.width}x${image.height}), got ${crop}`
  throw invalidParameters([{ parameter: 'crop', message }])
}

/** Bytes of a number, at least about so many in JSON. */
const BYTES_PER_NUMBER = { npy: 4, json: 8 } as const

/** How many inputs uploads will turn out to be: a tensor by its bytes, before it is read. */
export function countInputs(uploads: readonly Upload[], { shape }: ServedModel): number {
  const numbersEach = sizeOf(shape)
  const counts = uploads.map((upload) => {
    const format = tensorFormat(upload)
    if (!format) return 1
    return Math.max(1, Math.floor(upload.bytes.length / BYTES_PER_NUMBER[format] / numbersEach))
  })
  return counts.reduce((a, b) => a + b, 0)
}

/** What the query and the card together make of fit and crop. */
export const cropOf = (
  { input }: ServedModel,
  { fit = 'cover', crop }: FitOverrides,
): { fit: Fit; crop: number } => ({
  fit,
  crop: crop ?? (fit === 'cover' ? (input?.crop ?? 1) : 1),
})

/** Inputs of a tensor, which no query can fit or crop. Throws HttpError and TensorError. */
async function* fromTensor(
  { timings }: FastifyRequest,
  { bytes, format }: Upload & { readonly format: 'npy' | 'json' },
  model: ServedModel,
  { fit, crop }: FitOverrides,
): AsyncGenerator<ModelInput, void> {
  const overrides = Object.entries({ fit, crop }).filter(([, value]) => value !== undefined)
  if (overrides.length > 0)
    throw invalidParameters(
      overrides.map(([parameter]) => ({ parameter, message: 'a tensor is preprocessed already' })),
    )
  const [, height, width] = planesOf(model.shape)
  const placement = { left: 0, top: 0, width, height }
  const tensor = await timings.measure('decode', () => readTensor(bytes, format, model))
  for (const input of tensorInputs(tensor, model)) yield { ...input, placement, source: 'tensor' }
}

/** A refusal with the part it is about. Errors that are not the client's are thrown on. */
export function refusalOf(parameter: string, error: unknown): HttpError {
  const refusal = toHttpError(error)
  const { type, message, headers, errors } = refusal
  if (problems[type].status >= 500) throw error
  if (errors.length > 0) return refusal
  return new HttpError(type, parameter === 'image' ? message : `${parameter}: ${message}`, {
    errors: [{ parameter, message }],
    headers,
    cause: error,
  })
}

/** Several refusals as one, of the first one's type. */
export function together(refusals: readonly HttpError[]): HttpError {
  const [first] = refusals
  if (first && refusals.length === 1) return first
  const messages = new Map(refusals.map((refusal) => [refusal.message, refusal]))
  return new HttpError(first?.type ?? 'invalid-parameter', [...messages.keys()].join('; '), {
    errors: [...messages.values()].flatMap(({ errors }) => errors),
    cause: first,
  })
}
