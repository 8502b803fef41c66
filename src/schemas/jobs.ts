import * as z from 'zod'
import { JOB_STATUSES } from '../networks/job.ts'
import { diagnosticsSchema, epochSchema } from '../networks/records.ts'
import { DIAGNOSTICS, diagnosticsExample, HISTORY } from './history.ts'

const optionalNumber = (description: string) => z.number().optional().meta({ description })

const summaryFields = z.object({
  id: z.string().meta({ description: 'Of the job' }),
  status: z.enum(JOB_STATUSES).meta({
    description:
      'queued and running go on by themselves; interrupted is what a restart of the service or a fault in storing leaves, see resume; all others have ended',
  }),
  model: z.string().meta({ description: 'Id of the network that comes of it' }),
  created: z.iso.datetime().meta({ description: 'When it was asked for' }),
  epoch: z.int().meta({ description: 'Epochs that are done' }),
  epochs: z.int().meta({ description: 'Epochs asked for' }),
  step: z.int().meta({ description: 'Steps that are done' }),
  steps: z.int().meta({ description: 'Steps of all epochs' }),
  loss: optionalNumber('Mean of the epoch so far, or of the last one'),
  accuracy: optionalNumber('Of the last epoch, for classes'),
  validationLoss: z
    .number()
    .nullish()
    .meta({ description: 'Of the last epoch, of the samples held back; null where it is no number' }),
  validationAccuracy: optionalNumber('Of the last epoch, of the samples held back'),
  samplesPerSecond: optionalNumber('Samples learnt from in a second; images, where they are that'),
  secondsLeft: optionalNumber('At this pace, without an earlier end'),
  best: z
    .object({
      epoch: z.int().meta({ description: 'Counted from 1' }),
      loss: z.number().meta({ description: 'Validation loss where there is one, else the loss' }),
    })
    .optional()
    .meta({ description: 'The best epoch so far' }),
  warnings: z.array(z.string()).meta({
    description:
      'What stands in the way of learning: targets that the network cannot reach whatever it learns, known before the first step; units that died, and when; a loss that went far above its best',
  }),
  verdict: z
    .string()
    .optional()
    .meta({ description: 'Why it diverged, failed or was interrupted by a fault, and what to try' }),
})

const example = {
  id: '0b6cf7b8-5a2b-4d0e-9a51-5f0f7a6a0c3e',
  status: 'running' as const,
  model: 'xor',
  created: '2026-07-01T12:00:00.000Z',
  epoch: 120,
  epochs: 200,
  step: 120,
  steps: 200,
  loss: 0.21,
  accuracy: 0.98,
  validationLoss: 0.25,
  validationAccuracy: 0.97,
  samplesPerSecond: 5300,
  secondsLeft: 0.06,
  best: { epoch: 119, loss: 0.21 },
  warnings: [
    'relu_1 before sigmoid_1 gives outputs in [0.5, 1), but 50 % of the targets lie below: the mse cannot go below 0.125; leave out relu_1',
  ],
  verdict:
    'the loss is NaN at step 121 (epoch 121); the first layer without finite numbers is relu_1: take a smaller learning rate',
}
const epochExample = {
  epoch: 120,
  loss: 0.21,
  accuracy: 0.98,
  validationLoss: 0.25,
  validationAccuracy: 0.97,
  learningRate: 0.002,
  samplesPerSecond: 5300,
  gradientNorm: 1.4,
  updateRatio: 0.0007,
}

export const jobSummarySchema = summaryFields.meta({
  id: 'JobSummary',
  description: 'How far a training has come',
  example,
})
export type JobSummary = z.output<typeof summaryFields>

export const jobSchema = summaryFields
  .extend({
    history: z.array(epochSchema).meta({ description: HISTORY }),
    diagnostics: z.array(diagnosticsSchema).meta({ description: DIAGNOSTICS }),
  })
  .meta({
    id: 'Job',
    description: 'A training with all of its epochs',
    example: { ...example, history: [epochExample], diagnostics: [diagnosticsExample] },
  })

export const jobListSchema = z
  .object({ jobs: z.array(jobSummarySchema).meta({ description: 'The newest first' }) })
  .meta({ description: 'All jobs', example: { jobs: [example] } })

export const jobParams = z.object({
  id: z.string().max(200).meta({ description: 'Id of a job', example: example.id }),
})
