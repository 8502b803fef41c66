import { IMAGE_TYPES } from '../imaging/file-type.ts'
import { commonHeaders } from '../schemas/common.ts'
import { explanationHeadersSchema, explanationSchema } from '../schemas/explanation.ts'
import { predictionSchema } from '../schemas/predict.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'
import { TENSOR_TYPE } from './uploads.ts'

/** Not what JSON Schema 2020-12 would write (contentMediaType), but what generators of clients need. */
const bytes = (description: string) => ({
  schema: { type: 'string' as const, format: 'binary', description },
})

const requestBody = {
  description: 'A picture, a preprocessed tensor, or a form with one or several pictures',
  required: true,
  content: {
    ...Object.fromEntries(
      IMAGE_TYPES.map((type) => [
        `image/${type}`,
        bytes('The file. Its content decides what it is, not the media type'),
      ]),
    ),
    'application/octet-stream': bytes('The file of a picture, or of an NPY tensor'),
    [TENSOR_TYPE]: bytes('float32 (N,C,H,W) of finite values, preprocessed as the card of the model says'),
    'multipart/form-data': {
      schema: {
        type: 'object' as const,
        required: ['image'],
        additionalProperties: false,
        properties: {
          image: {
            type: 'array' as const,
            minItems: 1,
            maxItems: 32,
            description: 'One field named image for each picture; several are a batch, answered in order',
            items: { type: 'string' as const, format: 'binary' },
          },
        },
      },
    },
  },
}

const refusals = [
  'missing-image',
  'malformed-multipart',
  'unknown-model',
  'not-acceptable',
  'unusable-model',
  'body-too-large',
  'unsupported-media-type',
  'invalid-parameter',
  'empty-image',
  'corrupt-image',
  'image-too-large',
  'image-too-complex',
  'unusable-tensor',
  'worker-crashed',
  'not-ready',
  'queue-full',
  'shutting-down',
  'deadline-exceeded',
] as const

export const predictOperation: Operation = {
  operationId: 'predict',
  tag: 'explain',
  summary: 'What a model sees in a picture',
  description: 'The likeliest classes with their probabilities. A batch is answered with an array, in order.',
  requestBody,
  ok: {
    description: 'The prediction; for a batch, an array of them',
    headers: commonHeaders,
    content: { 'application/json': { schema: predictionSchema.or(predictionSchema.array()) } },
  },
  problems: refusals,
}

export const explainOperation: Operation = {
  operationId: 'explain',
  tag: 'explain',
  summary: 'Why a model sees it: the saliency map',
  description:
    'The map as a picture over the photo, as JSON or as an NPY array: by `format`, or else by the Accept header. A batch of pictures is answered with a zip of pictures, an array of JSON objects, or one NPY array with a dimension more.',
  requestBody,
  ok: {
    description: 'The saliency map',
    headers: commonHeaders.extend(explanationHeadersSchema.shape),
    content: {
      [mediaTypes.png]: bytes('A picture, see view'),
      [mediaTypes.webp]: bytes('A picture, see view'),
      [mediaTypes.json]: { schema: explanationSchema.or(explanationSchema.array()) },
      [mediaTypes.npy]: bytes('float32 (H,W), or (C,H,W) with channels=none; a batch has N in front'),
      [mediaTypes.zip]: bytes('The pictures of a batch, in order: image-0.png, image-1.png, …'),
    },
  },
  problems: [...refusals, 'not-explainable'],
}
