import * as z from 'zod'
import { commonHeaders } from '../schemas/common.ts'
import { jobSchema } from '../schemas/jobs.ts'
import { FILES, trainingBodySchema, trainingExample } from '../schemas/trainings.ts'
import type { Operation } from './openapi.ts'
import { waitingRefusals } from './operations.ts'

const begun = {
  description: 'The job, which has only begun',
  headers: commonHeaders.extend({
    location: z.string().meta({
      description: 'The path of the job',
      example: '/v1/jobs/0b6cf7b8-5a2b-4d0e-9a51-5f0f7a6a0c3e',
      header: { id: 'Location' },
    }),
  }),
  content: { 'application/json': { schema: jobSchema } },
}

const { data: _, ...withoutData } = trainingExample

/** What openapi.yaml says of trainings. */
export const trainOperation: Operation = {
  operationId: 'train',
  tag: 'networks',
  summary: 'Trains a network',
  description:
    'Begins a job and answers at once; when it is over, the network is there under its id. The same request gives the same weights.',
  requestBody: {
    description: 'The training as JSON; or a form with the training and its data as files',
    required: true,
    content: {
      'application/json': { schema: trainingBodySchema },
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['training'],
          additionalProperties: false,
          properties: {
            training: { type: 'string', description: 'The same JSON; data may be left out of it' },
            ...Object.fromEntries(
              Object.entries(FILES).map(([name, description]) => [
                name,
                { type: 'string', format: 'binary', description },
              ]),
            ),
          },
        },
        examples: {
          npy: {
            summary: "As curl -F 'training={…}' -F inputs=@x.npy -F targets=@t.npy sends it",
            value: {
              training: JSON.stringify(withoutData),
              inputs: '\x93NUMPY...',
              targets: '\x93NUMPY...',
            },
          },
          csv: { summary: 'A table', value: { training: '{…}', csv: 'x,y,class\n0.5,1,circle\n' } },
          images: { summary: 'Pictures', value: { training: '{…}', images: 'PK\x03\x04...cat/1.png...' } },
        },
      },
    },
  },
  answers: { 202: begun },
  problems: [
    'missing-image',
    'malformed-multipart',
    'unknown-model',
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

/** What openapi.yaml says of resuming. */
export const resumeOperation: Operation = {
  operationId: 'resumeJob',
  tag: 'networks',
  summary: 'Goes on with an interrupted job',
  description:
    'From its last checkpoint, to the same weights as if it had not been interrupted. There are checkpoints where the service has a DATA_DIR; without one its jobs end with the process.',
  answers: { 202: begun },
  problems: [
    'unknown-job',
    'not-interrupted',
    'in-training',
    'damaged-job',
    'not-ready',
    'queue-full',
    'shutting-down',
  ],
}

/** What openapi.yaml says of events. */
export const eventsOperation: Operation = {
  operationId: 'followJob',
  tag: 'networks',
  summary: 'A job as it goes on, as server-sent events',
  description:
    'epoch: an epoch that is done, all earlier ones first. progress: how far a longer one is, about twice a second. end: the job as it ended; then the stream closes. The id of an event is the number of steps done; with Last-Event-ID a client goes on where it was.',
  ok: {
    description: 'Events until the job is over',
    headers: commonHeaders,
    content: {
      'text/event-stream': {
        schema: { type: 'string', description: 'Events as the HTML standard has them' },
        example:
          'retry: 2000\n\nevent: epoch\nid: 1\ndata: {"epoch":1,"loss":2.84,"step":1,"steps":200,"secondsLeft":0.4}\n\n',
      },
    },
  },
  problems: ['unknown-job', 'not-ready', 'shutting-down'],
}
