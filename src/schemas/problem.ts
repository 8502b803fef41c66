import * as z from 'zod'
import { type HttpError, type ProblemType, problems, sentence } from '../errors.ts'

const requestId = 'a2f0c6de-31d5-4c7c-9b86-8a1f5d1f9f10'

const problemFields = z.object({
  type: z
    .string()
    .describe(
      'Names the kind of problem, and never changes. GET it from this service for what to do about it',
    ),
  title: z.string().describe('The kind of problem in words'),
  status: z.int().describe('The HTTP status'),
  detail: z.string().describe('What is wrong with this very request'),
  remedy: z.string().describe('What the client can do about it'),
  instance: z.string().describe("The request's id, as in the X-Request-Id header"),
  errors: z
    .array(
      z.object({
        parameter: z.string().describe('Name of the parameter, or of the part: image, image[2]'),
        message: z.string().describe('What was expected and what came'),
      }),
    )
    .optional()
    .describe('Every bad parameter'),
})
/** An error as the client reads it. */
export type Problem = z.output<typeof problemFields>

/** Of every error (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** What `type` holds: a path of this service that tells more. */
export const problemPath = (type: ProblemType): string => `/problems/${type}`

/** The sentence of each type as the document shows it. */
export const examples: { readonly [T in ProblemType]: { detail: string; errors?: Problem['errors'] } } = {
  'malformed-request': { detail: 'The request is not well-formed HTTP.' },
  'malformed-url': { detail: 'The path cannot be decoded: after a % come two hexadecimal digits.' },
  'malformed-multipart': { detail: 'The form cannot be parsed: Unexpected end of form.' },
  'missing-image': { detail: 'The request has no body.' },
  'unknown-route': { detail: 'There is nothing at /v2/models.' },
  'unknown-model': { detail: 'There is no model "efficientnet"; did you mean "efficientnet-lite0"?' },
  'unknown-job': { detail: 'There is no job "6f0e…".' },
  'method-not-allowed': { detail: '/v1/models takes GET, HEAD, not DELETE.' },
  'not-acceptable': {
    detail:
      'The answer comes as image/png, image/webp, application/json, application/x-npy, application/zip.',
  },
  'request-timeout': { detail: 'The body did not arrive within 60000 ms.' },
  'unusable-model': { detail: 'The model broken cannot be used: model.onnx: the file is truncated.' },
  'fixed-model': {
    detail: 'The model efficientnet-lite0 was not made here: it stays as it is.',
    errors: [
      {
        parameter: 'model',
        message: 'the model efficientnet-lite0 was not made here: it stays as it is',
      },
    ],
  },
  'in-training': { detail: 'The network "xor" is trained by the job 0b6cf7b8-5a2b-4d0e-9a51-5f0f7a6a0c3e.' },
  'damaged-job': { detail: 'The file data.bin of the job is cut off or damaged.' },
  'not-interrupted': { detail: 'The job is running, not interrupted.' },
  'not-a-network': {
    detail:
      'The model "efficientnet-lite0" is an ONNX file alone: only networks that this service made can be looked into layer by layer.',
  },
  'body-too-large': { detail: 'The body is longer than 20971520 bytes.' },
  'too-much-work': {
    detail:
      'Filter: canny takes pictures up to 201326592 numbers with all its steps together, got 288000000.',
  },
  'url-too-long': { detail: 'A part of the path is longer than any name here.' },
  'unsupported-media-type': { detail: 'Expected a PNG, JPEG, WebP, GIF, TIFF or AVIF, got a PDF document.' },
  'unknown-expectation': { detail: 'The Expect header asks for something other than 100-continue.' },
  'invalid-parameter': {
    detail: 'Cannot use steps: expected a whole number from 1 to 1000, got "0".',
    errors: [{ parameter: 'steps', message: 'expected a whole number from 1 to 1000, got "0"' }],
  },
  'empty-image': { detail: 'Expected an image, got no bytes.' },
  'corrupt-image': { detail: 'Expected a whole JPEG, got one that is truncated or damaged.' },
  'image-too-large': { detail: 'Expected at most 25 megapixels, got 60000x60000 (3,600 megapixels).' },
  'image-too-complex': { detail: 'Expected a JPEG of few scans, got 880.' },
  'unusable-tensor': {
    detail: 'Expected float32 of shape (N,3,224,224) for efficientnet-lite0, got <f8 of shape (1,3,224,224).',
  },
  'not-explainable': { detail: 'No gradient exists through the node Round_12.' },
  'headers-too-large': { detail: 'The URL and the headers together are longer than 16384 bytes.' },
  'internal-error': { detail: 'The request failed for a reason that the service did not expect.' },
  'worker-crashed': { detail: 'The request could not be finished.' },
  'not-ready': { detail: 'The service is still starting.' },
  'queue-full': { detail: 'All 66 places are taken.' },
  'shutting-down': { detail: 'The service is shutting down.' },
  'no-room': {
    detail: 'All networks together may have 64000000 weights; there are 63000000 already.',
  },
  'disk-full': { detail: 'There is no space left where networks and trainings are kept.' },
  'deadline-exceeded': { detail: 'The deadline of 60000 ms has passed.' },
}

/** An error of each type as the document shows it. */
export const exampleOf = (type: ProblemType): Problem => {
  const { status, title, remedy } = problems[type]
  return { type: problemPath(type), title, status, remedy, instance: requestId, ...examples[type] }
}

/** RFC 9457, with our own remedy and errors. */
export const problemSchema = problemFields.meta({
  id: 'Problem',
  description: 'An error, as RFC 9457 has it',
  example: exampleOf('invalid-parameter'),
})

/** An error as a body. `instance` is the id of the request. */
export function problemOf(error: HttpError, instance: string): Problem {
  const { status, title, remedy } = problems[error.type]
  return {
    type: problemPath(error.type),
    title,
    status,
    detail: sentence(error.message),
    remedy,
    instance,
    ...(error.errors.length > 0 && { errors: [...error.errors] }),
  }
}
