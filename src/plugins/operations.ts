import { rotationHeadersSchema, rotationSchema } from '../schemas/augment.ts'
import { commonHeaders } from '../schemas/common.ts'
import { explanationHeadersSchema, explanationSchema } from '../schemas/explanation.ts'
import { predictionSchema } from '../schemas/predict.ts'
import { bytes, requestBody, samplesBody } from './bodies.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'

/** What can come of waiting for a worker. */
export const waitingRefusals = [
  'worker-crashed',
  'not-ready',
  'queue-full',
  'shutting-down',
  'deadline-exceeded',
] as const

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
  ...waitingRefusals,
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

/** What openapi.yaml says of rot90. */
export const rotateOperation: Operation = {
  operationId: 'rotate90',
  tag: 'pictures',
  summary: 'Quarter turns, for each sample of a batch its own',
  description:
    'Turns the samples of a batch by random or given quarter turns, exactly: no element changes its value, and inverse=true gives the input back bit for bit. Says of each sample how it was turned. Pictures keep their channels, alpha and depth, arrays their type. Batch and channels are never turned.',
  requestBody: samplesBody,
  ok: {
    description: 'The turned samples',
    headers: commonHeaders.extend(rotationHeadersSchema.shape),
    content: {
      [mediaTypes.png]: bytes('A picture, of 16 bits where it came so; or the contact sheet', 'png'),
      [mediaTypes.webp]: bytes('A picture', 'webp'),
      [mediaTypes.jpeg]: bytes('A picture, transparency on white', 'jpeg'),
      [mediaTypes.npy]: bytes(
        'The array, in C order and of the type that came; of a picture uint8 or uint16',
        'volume',
      ),
      [mediaTypes.json]: { schema: rotationSchema },
      [mediaTypes.zip]: bytes(
        'Several files and draws.json: image-0.png, …; array-0.npy, …; or, of samples that have no longer one shape, array-sample-0.npy, …',
        'zip',
      ),
      [mediaTypes.mixed]: bytes('The same files as the parts of a multipart answer', 'mixed'),
    },
  },
  problems: uploadRefusals,
}
