import type { FastifyRequest } from 'fastify'
import type { ServedModel } from '../engine.ts'
import { HttpError, invalidParameters, problems, toHttpError } from '../errors.ts'
import { type DecodedImage, decodeImage } from '../imaging/decode.ts'
import { type Fit, placeCrop } from '../imaging/placement.ts'
import { preprocess } from '../imaging/preprocess.ts'
import type { FitQuery, ModelInput } from './model-input.ts'
import { tensorInputs } from './tensor-inputs.ts'
import { TENSOR_TYPE, type Upload } from './uploads.ts'

const NPY_MAGIC = '\x93NUMPY'

const isTensor = ({ type, bytes }: Upload): boolean =>
  type === TENSOR_TYPE ||
  (!type.startsWith('image/') && bytes.toString('latin1', 0, NPY_MAGIC.length) === NPY_MAGIC)

/**
 * Decodes and preprocesses uploads, each when it is asked for: only one photo is in memory at a time. After one that cannot
 * be used the others are only looked at, and an HttpError names all the bad ones.
 */
export async function* modelInputs(
  request: FastifyRequest,
  uploads: readonly Upload[],
  model: ServedModel,
  query: FitQuery,
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
  query: FitQuery,
): AsyncGenerator<ModelInput, void> {
  if (isTensor(upload)) yield* tensorInputs(upload, model, query)
  else yield await imageInput(request, upload, model, query)
}

async function imageInput(
  { server, timings }: FastifyRequest,
  { name, bytes }: Upload,
  model: ServedModel,
  query: FitQuery,
): Promise<ModelInput> {
  const { pixelLimit } = server.config
  const image = await timings.measure('decode', () => decodeImage(bytes, { pixelLimit }))
  checkCrop(name, image, model, query)
  const { input, placement } = await timings.measure('preprocess', () =>
    preprocess(image, model.input, query),
  )
  return { tensor: input, image, placement, source: 'image' }
}

/** The card's own crop is taken whatever it leaves: a picture of one pixel is a picture. Throws `invalid-parameter`. */
function checkCrop(name: string, image: DecodedImage, { input }: ServedModel, query: FitQuery): void {
  const { fit = 'cover', crop = input.crop } = query
  if (crop >= input.crop) return
  const { width, height } = placeCrop(image, input, fit, crop)
  if (width >= 1 && height >= 1) return
  const message = `expected a share that leaves a pixel of ${name} (${image.width}x${image.height}), got ${crop}`
  throw invalidParameters([{ parameter: 'crop', message }])
}

/** What the query and the card together make of fit and crop. */
export const cropOf = (
  { input }: ServedModel,
  { fit = 'cover', crop }: FitQuery,
): { fit: Fit; crop: number } => ({
  fit,
  crop: crop ?? (fit === 'cover' ? input.crop : 1),
})

/** A refusal with the part it is about. Errors that are not the client's are thrown on. */
function refusalOf(parameter: string, error: unknown): HttpError {
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
function together(refusals: readonly HttpError[]): HttpError {
  const [first] = refusals
  if (first && refusals.length === 1) return first
  const messages = new Map(refusals.map((refusal) => [refusal.message, refusal]))
  return new HttpError(first?.type ?? 'invalid-parameter', [...messages.keys()].join('; '), {
    errors: [...messages.values()].flatMap(({ errors }) => errors),
    cause: first,
  })
}
