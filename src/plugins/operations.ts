import { commonHeaders } from '../schemas/common.ts'
import { explanationHeadersSchema, explanationSchema } from '../schemas/explanation.ts'
import { predictionSchema } from '../schemas/predict.ts'
import { bytes, requestBody } from './bodies.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'

/** What can be wrong with uploads, and with waiting for a worker. */
export const uploadRefusals = [
  'missing-image',
  'malformed-multipart',
  'not-acceptable',
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

const refusals = [...uploadRefusals, 'unknown-model', 'unusable-model'] as const

/** What openapi.yaml says of predict. */
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

/** What openapi.yaml says of explain. */
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
      [mediaTypes.png]: bytes('A picture, see view', 'png'),
      [mediaTypes.webp]: bytes('A picture, see view', 'webp'),
      [mediaTypes.json]: { schema: explanationSchema.or(explanationSchema.array()) },
      [mediaTypes.npy]: bytes('float32 (H,W), or (C,H,W) with channels=none; a batch has N in front', 'map'),
      [mediaTypes.zip]: bytes('The pictures of a batch, in order: image-0.png, image-1.png, …', 'zip'),
    },
  },
  problems: [...refusals, 'not-explainable'],
}
