import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { z } from 'zod'
import type { DataSet } from './data.ts'
import type { JobFacts } from './job.ts'
import { diagnosticsSchema, epochSchema } from './records.ts'
import type { TrainingState } from './state.ts'
import { trainingSchema } from './training.ts'

/** A job as its files have it, but for its data. */
export interface SavedJob {
  readonly facts: JobFacts
  readonly state: TrainingState
}

/** Where jobs are kept that are not over yet. */
export interface Checkpoints {
  /** A new job, before it begins. */
  create(facts: JobFacts, data: DataSet, state: TrainingState): Promise<void>
  /** In place of the last state; a process that is killed in the middle leaves that one whole. */
  save(id: string, state: TrainingState): Promise<void>
  list(): Promise<{
    readonly saved: readonly SavedJob[]
    readonly broken: readonly { readonly id: string; readonly reason: string }[]
  }>
  /** Rejects when the file is not what `create` wrote. */
  data(id: string): Promise<DataSet>
  remove(id: string): Promise<void>
}

const FACTS = 'job.json'
const DATA = 'data.bin'
const STATE = 'state.bin'

const numbers = z.union([z.instanceof(Float32Array), z.instanceof(Float64Array)])
const shape = z.array(z.int().min(1))
const dataSchema = z.object({
  count: z.int().min(1),
  inputShape: shape,
  targetShape: shape,
  inputs: numbers,
  targets: numbers,
})
const stateSchema: z.ZodType<TrainingState> = z.object({
  epoch: z.int(),
  batch: z.int(),
  step: z.int(),
  parameters: z.array(numbers),
  memory: z.array(z.array(numbers)),
  sums: z.object({ loss: z.number(), correct: z.number(), samples: z.number(), ms: z.number() }),
  history: z.array(epochSchema),
  diagnostics: z.array(diagnosticsSchema),
  dead: z.array(z.array(z.int())),
  best: z.object({ epoch: z.int(), loss: z.number(), parameters: z.array(numbers) }).or(z.undefined()),
  ended: z.enum(['finished', 'stopped-early']).or(z.undefined()),
})
const factsSchema = z.object({
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

/** Jobs in a folder each: facts as JSON, data and state bit for bit. A file is there as a whole or not at all. */
export function folderCheckpoints(folder: string): Checkpoints {
  const at = (id: string, ...file: string[]) => join(folder, id, ...file)
  const read = async (id: string): Promise<SavedJob> => {
    const facts = factsSchema.parse(JSON.parse(await readFile(at(id, FACTS), 'utf8')))
    return {
      facts: { ...facts, labels: facts.labels },
      state: stateSchema.parse(deserialize(await readFile(at(id, STATE)))),
    }
  }
  return {
    async create(facts, data, state) {
      await mkdir(at(facts.id), { recursive: true })
      await write(
        at(facts.id, DATA),
        serialize({ ...data, inputs: own(data.inputs), targets: own(data.targets) }),
      )
      await write(at(facts.id, STATE), serialize(state))
      // last: a job without it was never begun
      await write(at(facts.id, FACTS), Buffer.from(JSON.stringify(facts)))
    },
    save: (id, state) => write(at(id, STATE), serialize(state)),
    async list() {
      await mkdir(folder, { recursive: true })
      const ids = await readdir(folder)
      const jobs = await Promise.all(
        ids.map((id) =>
          read(id).then(
            (job) => ({ job }),
            (error: unknown) => ({ id, reason: error instanceof Error ? error.message : String(error) }),
          ),
        ),
      )
      return {
        saved: jobs.flatMap((one) => ('job' in one ? [one.job] : [])),
        broken: jobs.flatMap((one) => ('job' in one ? [] : [one])),
      }
    },
    async data(id) {
      const { inputs, targets, ...rest } = dataSchema.parse(deserialize(await readFile(at(id, DATA))))
      return { ...rest, inputs: shared(inputs), targets: shared(targets) }
    },
    remove: (id) => rm(at(id), { recursive: true, force: true }),
  }
}

/** Memory that threads share cannot be written as it is. */
const own = (from: Float32Array | Float64Array): Float32Array | Float64Array =>
  from instanceof Float32Array ? new Float32Array(from) : new Float64Array(from)

function shared(from: Float32Array | Float64Array): Float32Array | Float64Array {
  const memory = new SharedArrayBuffer(from.byteLength)
  const numbers = from instanceof Float32Array ? new Float32Array(memory) : new Float64Array(memory)
  numbers.set(from)
  return numbers
}

/** To a file beside it and, when that is on the disk, in its place. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
