import * as z from 'zod'
import { networkBodySchema } from '../networks/network-body.ts'
import { commonHeaders } from '../schemas/common.ts'
import { modelOrProblemSchema } from '../schemas/models.ts'
import { bytes } from './bodies.ts'
import type { Operation } from './openapi.ts'
import { waitingRefusals } from './operations.ts'

const made = (description: string) => ({
  description,
  headers: commonHeaders,
  content: { 'application/json': { schema: modelOrProblemSchema } },
})

/** What openapi.yaml says of PUT /v1/models/{model}. */
export const putNetworkOperation: Operation = {
  operationId: 'putNetwork',
  tag: 'models',
  summary: 'A network of your own',
  description:
    'Makes an untrained network, or puts one in the place of another that was made here. From then on it is a model like any other. Networks of 1 or 3 channels take pictures too, as bytes ÷ 255.',
  requestBody: {
    description: 'The layers',
    required: true,
    content: { 'application/json': { schema: networkBodySchema } },
  },
  answers: {
    200: made('The network, in the place of another'),
    201: {
      ...made('The network, which is new'),
      headers: commonHeaders.extend({
        location: z.string().meta({
          description: 'Path of the model',
          example: '/v1/models/xor',
          header: { id: 'Location' },
        }),
      }),
    },
  },
  problems: [
    'missing-image',
    'fixed-model',
    'in-training',
    'body-too-large',
    'unsupported-media-type',
    'invalid-parameter',
    ...waitingRefusals,
    'no-room',
    'disk-full',
  ],
}

/** What openapi.yaml says of DELETE /v1/models/{model}. */
export const deleteNetworkOperation: Operation = {
  operationId: 'deleteNetwork',
  tag: 'models',
  summary: 'Removes a network that was made here',
  answers: { 204: { description: 'It is gone', headers: commonHeaders } },
  problems: ['unknown-model', 'fixed-model', 'in-training', 'not-ready', 'shutting-down', 'disk-full'],
}

/** What openapi.yaml says of GET /v1/models/{model}/model.onnx. */
export const modelFileOperation: Operation = {
  operationId: 'getModelFile',
  tag: 'models',
  summary: 'A model as an ONNX file',
  description: 'Weights are float32 in it, layers keep their names, and the number of inputs is free.',
  ok: {
    description: 'The file',
    headers: commonHeaders,
    content: { 'application/octet-stream': bytes('ONNX', 'onnx') },
  },
  problems: ['unknown-model', 'unusable-model', 'worker-crashed', 'not-ready', 'shutting-down'],
}
