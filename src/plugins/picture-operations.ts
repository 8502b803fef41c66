import * as z from 'zod'
import { commonHeaders } from '../schemas/common.ts'
import { decisionMapBody, decisionMapSchema } from '../schemas/decision-map.ts'
import { historySchema } from '../schemas/history.ts'
import { bytes } from './bodies.ts'
import { mediaTypes } from './negotiation.ts'
import type { Operation } from './openapi.ts'
import { waitingRefusals } from './operations.ts'

const drawing = (description: string) => ({
  schema: z.string().meta({
    description: `${description}; letters are outlines, so that it looks the same without fonts`,
    example:
      '<svg width="730" height="540" viewBox="0 0 730 540" xmlns="http://www.w3.org/2000/svg" role="img">…</svg>',
  }),
})

/** What openapi.yaml says of decision-map. */
export const decisionMapOperation: Operation = {
  operationId: 'decisionMap',
  tag: 'models',
  summary: 'Where a classifier draws its lines',
  description:
    'Of a network with two inputs, or of two of its inputs while the others are held: the regions of its classes, paler where it is less sure, the boundaries between them as smooth lines, and the points with those ringed that it takes for another class. The model is asked at every point of a grid; boundaries are interpolated between them.',
  requestBody: {
    description: 'Points, and how to look at them',
    required: true,
    content: { [mediaTypes.json]: { schema: decisionMapBody } },
  },
  ok: {
    description: 'The map',
    headers: commonHeaders,
    content: {
      [mediaTypes.png]: bytes('A picture with legend and axes, 1080 pixels high', 'png'),
      [mediaTypes.svg]: drawing('The same as a drawing'),
      [mediaTypes.json]: { schema: decisionMapSchema },
    },
  },
  problems: [
    'missing-image',
    'unknown-model',
    'unusable-model',
    'not-a-network',
    'not-acceptable',
    'body-too-large',
    'unsupported-media-type',
    'invalid-parameter',
    ...waitingRefusals,
  ],
}

/** What openapi.yaml says of history. */
export const historyOperation: Operation = {
  operationId: 'getHistory',
  tag: 'models',
  summary: 'How a training went',
  description:
    'Losses of every epoch, on a logarithmic scale where they differ much, the accuracy, the learning rate, and the best epoch marked; below them, over the same epochs, the gradient at each layer and the share of its units that are dead. Peaks of long histories stay in the picture.',
  ok: {
    description: 'The history',
    headers: commonHeaders,
    content: {
      [mediaTypes.json]: { schema: historySchema },
      [mediaTypes.png]: bytes('A slide of 1920 × 1080 pixels', 'png'),
      [mediaTypes.svg]: drawing('The same as a drawing'),
    },
  },
  problems: [
    'unknown-model',
    'unusable-model',
    'not-a-network',
    'not-acceptable',
    'invalid-parameter',
    'not-ready',
    'shutting-down',
  ],
}
