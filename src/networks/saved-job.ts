import * as z from 'zod'
import type { DataSet } from './data.ts'
import { ENDED, type EndedRecord, type JobFacts } from './job.ts'
import { diagnosticsSchema, epochSchema } from './records.ts'
import type { TrainingState } from './state.ts'
import { trainingSchema } from './training.ts'

const numbers = z.union([z.instanceof(Float32Array), z.instanceof(Float64Array)])
/** As V8 keeps it: a loss may be no number. */
const double = z.custom<number>((value) => typeof value === 'number')
const shape = z.array(z.int().min(1))
const past = { history: z.array(epochSchema), diagnostics: z.array(diagnosticsSchema) }

/** What the files of a job have to hold. Arrays in it are empty: their numbers stand apart, see `array-file`. */
export const dataSchema: z.ZodType<DataSet> = z.object({
  count: z.int().min(1),
  inputShape: shape,
  targetShape: shape,
  inputs: numbers,
  targets: numbers,
})

export const stateSchema: z.ZodType<TrainingState> = z.object({
  epoch: z.int(),
  batch: z.int(),
  step: z.int(),
  parameters: z.array(numbers),
  memory: z.array(z.array(numbers)),
  sums: z.object({ loss: double, correct: z.number(), samples: z.number(), ms: z.number() }),
  ...past,
  dead: z.array(z.array(z.int())),
  best: z.object({ epoch: z.int(), loss: double, parameters: z.array(numbers) }).or(z.undefined()),
  ended: z.enum(['finished', 'stopped-early']).or(z.undefined()),
})

export const factsSchema: z.ZodType<JobFacts> = z.object({
  id: z.string(),
  model: z.string(),
  labels: z.array(z.string()).optional(),
  warnings: z.array(z.string()),
  createdAt: z.number(),
  samplesPerEpoch: z.int(),
  samplesPerStep: z.int(),
  stepsPerEpoch: z.int(),
  spec: trainingSchema,
  network: z.object({
    input: shape,
    seed: z.int(),
    layers: z.array(
      z.object({ name: z.string(), type: z.string(), params: z.record(z.string(), z.unknown()) }),
    ),
  }),
})

export const endedSchema: z.ZodType<EndedRecord> = z.object({
  status: z.enum(ENDED),
  verdict: z.string().optional(),
  progress: z.object({
    epoch: z.int(),
    step: z.int(),
    loss: z.number().optional(),
    best: z.object({ epoch: z.int(), loss: z.number() }).optional(),
  }),
  ...past,
})
