import * as z from 'zod'
import type { ZodOpenApiRequestBodyObject } from 'zod-openapi'
import { commonHeaders } from '../schemas/common.ts'
import { comparisonSchema, compositionSchema, filteredSchema, numbersSchema } from '../schemas/filters.ts'
import { bytes, pictures } from './bodies.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'
import { uploadRefusals, waitingRefusals } from './operations.ts'

/** What filter takes. */
export const filterBody: ZodOpenApiRequestBodyObject = {
  description: 'A picture, an array of numbers, or a form with pictures and the pipeline',
  required: true,
  content: {
    ...pictures,
    'application/octet-stream': bytes('The file of a picture, or of an NPY array', 'png'),
    [mediaTypes.npy]: bytes(
      '(columns), (rows, columns) or (rows, columns, channels) of float32, float64, uint8, uint16, int16 or bool',
      'map',
    ),
    [mediaTypes.json]: { schema: numbersSchema },
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['image'],
        additionalProperties: false,
        properties: {
          image: {
            type: 'array',
            minItems: 1,
            description: 'One field named image for each picture; several are answered in order',
            items: { type: 'string', format: 'binary' },
          },
          pipeline: {
            type: 'string',
            description:
              'The steps in JSON, in place of filter= in the query: for kernels that do not fit there',
          },
        },
      },
      examples: {
        form: {
          summary: "As curl -F image=@cat.png -F 'pipeline=[…]' sends it",
          value: {
            image: ['\x89PNG\r\n\x1a\n...'],
            pipeline: '[{"type":"custom","kernel":[[0,1,0],[1,-4,1],[0,1,0]]}]',
          },
        },
      },
    },
  },
}

const filterRefusals = [...uploadRefusals, 'too-much-work'] as const

/** What openapi.yaml says of filter. */
export const filterOperation: Operation = {
  operationId: 'filter',
  tag: 'filters',
  summary: 'A picture or an array, filtered',
  description:
    'Runs the steps one after the other. Pictures keep their channels, their transparency and their 16 bits; numbers come back as numbers.',
  requestBody: filterBody,
  ok: {
    description: 'The result',
    headers: commonHeaders.extend({
      'gradlens-output': z.string().meta({ description: 'The form of the output', example: 'clamp' }),
      'gradlens-warnings': z.string().optional().meta({
        description: 'What to know about this very answer, percent-encoded',
        example: 'animated%3A%20first%20frame%20of%2012',
      }),
    }),
    content: {
      [mediaTypes.png]: bytes('A picture; 16 bits stay 16 bits', 'png'),
      [mediaTypes.webp]: bytes('A picture', 'webp'),
      [mediaTypes.jpeg]: bytes('A picture on white', 'jpeg'),
      [mediaTypes.json]: { schema: filteredSchema.or(filteredSchema.array()) },
      [mediaTypes.npy]: bytes('The numbers, with the dimensions of the input', 'map'),
      [mediaTypes.zip]: bytes(
        'The results of several pictures, in order: image-0.png, image-1.png, …',
        'zip',
      ),
    },
  },
  problems: filterRefusals,
}

/** What openapi.yaml says of compare. */
export const compareOperation: Operation = {
  operationId: 'compareFilterOrders',
  tag: 'filters',
  summary: 'Does the order of the steps matter?',
  description:
    'Runs the steps in every order (of more than 3: as given and reversed) and says in one sentence what differs and why: linear filters commute, but for what lies beyond the edges; casting between the steps is not linear. Computed in float64.',
  requestBody: filterBody,
  ok: {
    description: 'All results and their difference',
    headers: commonHeaders,
    content: {
      [mediaTypes.png]: bytes('The results and their amplified difference, side by side', 'png'),
      [mediaTypes.json]: { schema: comparisonSchema },
    },
  },
  problems: filterRefusals,
}

/** What openapi.yaml says of compose. */
export const composeOperation: Operation = {
  operationId: 'composeFilters',
  tag: 'filters',
  summary: 'The one kernel that equals a pipeline',
  description:
    'Of linear filters: the kernel, its sum, and its frequency response. It equals the pipeline but for the edges.',
  ok: {
    description: 'The kernel',
    headers: commonHeaders,
    content: {
      [mediaTypes.json]: { schema: compositionSchema },
      [mediaTypes.png]: bytes('A plot of the frequency response, beside the kernel', 'png'),
    },
  },
  problems: ['invalid-parameter', 'not-acceptable', ...waitingRefusals],
}
