import { commonHeaders } from '../schemas/common.ts'
import { diagnoseSchema, diagnosisSchema } from '../schemas/diagnose.ts'
import { gradientsAnswerSchema, gradientsSchema } from '../schemas/gradients.ts'
import { traceAnswerSchema, traceSchema } from '../schemas/trace.ts'
import { bytes, requestBody } from './bodies.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'
import { uploadRefusals, waitingRefusals } from './operations.ts'

const problems = [
  'missing-image',
  'unknown-model',
  'unusable-model',
  'not-a-network',
  'body-too-large',
  'unsupported-media-type',
  'invalid-parameter',
  ...waitingRefusals,
] as const

const ok = { description: 'The answer', headers: commonHeaders }

/** What openapi.yaml says of gradients. */
export const gradientsOperation: Operation = {
  operationId: 'gradients',
  tag: 'networks',
  summary: 'Gradients of any cotangent, by input, parameters or layers',
  description:
    'The vector–Jacobian product ct ↦ ctᵀJ of a network that was made here, by reverse mode. One input is answered as a batch of one.',
  requestBody: {
    description: 'Input and cotangent',
    required: true,
    content: {
      'application/json': { schema: gradientsSchema },
      [mediaTypes.npy]: bytes('The input, or a batch of inputs; the cotangent is 1 everywhere', 'npy'),
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['image'],
          additionalProperties: false,
          properties: {
            image: { type: 'string', format: 'binary', description: 'The input as NPY' },
            cotangent: { type: 'string', format: 'binary', description: 'The cotangent as NPY' },
          },
        },
        examples: {
          form: {
            summary: 'As curl -F image=@input.npy -F cotangent=@cotangent.npy sends it',
            value: { image: '\x93NUMPY...', cotangent: '\x93NUMPY...' },
          },
        },
      },
    },
  },
  ok: { ...ok, content: { 'application/json': { schema: gradientsAnswerSchema } } },
  problems: [...problems, 'malformed-multipart', 'unusable-tensor'],
}

/** What openapi.yaml says of trace. */
export const traceOperation: Operation = {
  operationId: 'trace',
  tag: 'networks',
  summary: 'One sample forward and backward, layer by layer',
  description:
    'Each layer in order: its formula, what comes in and goes out, its local derivative, the gradients that arrive and leave, its weight gradients and the update that the optimiser would make. As the network serves: dropout is off, batch norm takes its running statistics. Arrays of more than 64 numbers are summaries; in a picture all are maps in colours, of at most 16 channels of at most 20 layers.',
  requestBody: {
    description: 'A sample and its target; or a sample as a picture or an array, with its class in the query',
    required: true,
    content: { ...requestBody.content, 'application/json': { schema: traceSchema } },
  },
  ok: {
    ...ok,
    content: {
      'application/json': { schema: traceAnswerSchema },
      'image/png': bytes('The outputs of each layer, and their gradients, as small maps', 'png'),
    },
  },
  problems: [...new Set([...problems, ...uploadRefusals])],
}

/** What openapi.yaml says of diagnose. */
export const diagnoseOperation: Operation = {
  operationId: 'diagnose',
  tag: 'networks',
  summary: 'What is wrong with a network, over a data set',
  description:
    'Statistics of each layer, dead and saturated units, vanishing and exploding gradients, how large updates are beside their weights, the first NaN with its layer, targets out of reach: in numbers, and as sentences.',
  requestBody: {
    description: 'Inputs and targets',
    required: true,
    content: { 'application/json': { schema: diagnoseSchema } },
  },
  ok: {
    ...ok,
    content: {
      'application/json': { schema: diagnosisSchema },
      'image/png': bytes('Histograms of the outputs of each layer, with the verdicts', 'png'),
    },
  },
  problems: [...problems, 'not-acceptable'],
}
