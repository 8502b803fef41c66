import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readArrays, readFacts, writeArrays } from './array-file.ts'
import type { DataSet } from './data.ts'
import { JobError } from './errors.ts'
import { missing, replaceFile, syncFolder } from './files.ts'
import { type EndedRecord, type JobFacts, type JobRecord, recordAt } from './job.ts'
import { dataSchema, endedSchema, factsSchema, stateSchema } from './saved-job.ts'
import { arraysOf, type TrainingState, withArrays } from './state.ts'

/** A job as its files tell of it: interrupted, or ended. */
export interface SavedJob {
  readonly facts: JobFacts
  readonly record: JobRecord
}

/** All jobs that there are files of. */
export interface Restored {
  readonly saved: readonly SavedJob[]
  /** ids of those that had not begun: they are gone */
  readonly unbegun: readonly string[]
  /** those whose files cannot be read, and why: they stay as they are */
  readonly broken: readonly { readonly id: string; readonly reason: string }[]
}

/** Where jobs are kept, so that a later process knows of them. */
export interface Checkpoints {
  /** A new job, before it begins. */
  create(facts: JobFacts, data: DataSet, state: TrainingState): Promise<void>
  /** In place of the last state; a process that is killed in the middle leaves that one whole. */
  save(id: string, state: TrainingState): Promise<void>
  /** Keeps what is told of a job in place of what it would go on from. */
  end(id: string, record: EndedRecord): Promise<void>
  /** What an earlier process left. What it left half made or half removed is removed. */
  restore(): Promise<Restored>
  /** Rejects when the file is not what `create` wrote. */
  data(id: string): Promise<DataSet>
  /** Rejects when the file is not what `create` or `save` wrote. */
  state(id: string): Promise<TrainingState>
  remove(id: string): Promise<void>
}

const FACTS = 'job.json'
const DATA = 'data.bin'
const STATE = 'state.bin'
const ENDED = 'ended.json'
/** Of a folder that is being removed. No id begins with a dot. */
const GONE = '.gone.'

/** Jobs in a folder each: facts and ends as JSON, data and state bit for bit. A file is there as a whole or not at all. */
export function folderCheckpoints(folder: string): Checkpoints {
  const at = (id: string, ...file: string[]) => join(folder, id, ...file)
  const text = (id: string, file: string) => readFile(at(id, file), 'utf8').catch(missing)

  const writeData = (id: string, { inputs, targets, ...rest }: DataSet) => {
    const facts = { ...rest, inputs: emptied(inputs), targets: emptied(targets) }
    return writeArrays(at(id, DATA), { facts, arrays: [inputs, targets] })
  }
  const writeState = (id: string, state: TrainingState) => {
    const arrays = arraysOf(state)
    return writeArrays(at(id, STATE), { facts: withArrays(state, arrays.map(emptied)), arrays })
  }
  /** All that an ended job needs no longer. */
  const removeWork = async (id: string) => {
    for (const file of await readdir(at(id))) if (file !== FACTS && file !== ENDED) await rm(at(id, file))
  }
  /** Ends a job of which nothing can come any more. */
  const failed = async (id: string, verdict: string): Promise<EndedRecord> => {
    const progress = { epoch: 0, step: 0 }
    const record = { status: 'failed' as const, verdict, progress, history: [], diagnostics: [] }
    await replaceFile(at(id, ENDED), JSON.stringify(record))
    await removeWork(id)
    return record
  }
  const recordOf = async (facts: JobFacts): Promise<JobRecord> => {
    const { id } = facts
    const ended = await text(id, ENDED)
    if (ended === undefined)
      try {
        return recordAt(facts, stateSchema.parse(await readFacts(at(id, STATE))), 'interrupted')
      } catch (error) {
        if (!(error instanceof JobError)) throw error
        return await failed(id, `${error.message}: it cannot go on`)
      }
    const record = endedSchema.parse(JSON.parse(ended))
    await removeWork(id)
    return record
  }
  /** Undefined for a job that had not begun. */
  const restored = async (id: string): Promise<SavedJob | undefined> => {
    const json = await text(id, FACTS)
    if (json === undefined) {
      await rm(at(id), { recursive: true })
      return undefined
    }
    const facts = factsSchema.parse(JSON.parse(json))
    // whoever removes a job removes the folder of its id
    if (facts.id !== id) throw new Error(`the folder holds the job ${facts.id}`)
    return { facts, record: await recordOf(facts) }
  }

  return {
    async create(facts, data, state) {
      const { id } = facts
      try {
        // its folder is there since the start: asked to make that too, Node hides that a disk is read-only
        await mkdir(at(id))
        await writeData(id, data)
        await writeState(id, state)
        // last: a job without it was never begun
        await replaceFile(at(id, FACTS), JSON.stringify(facts))
        await syncFolder(folder)
      } catch (error) {
        await rm(at(id), { recursive: true, force: true })
        throw error
      }
    },
    save: writeState,
    async end(id, record) {
      await replaceFile(at(id, ENDED), JSON.stringify(record))
      await removeWork(id)
    },
    async restore() {
      await mkdir(folder, { recursive: true })
      const saved: SavedJob[] = []
      const unbegun: string[] = []
      const broken: { id: string; reason: string }[] = []
      for (const id of await readdir(folder))
        try {
          if (id.startsWith(GONE)) {
            await rm(at(id), { recursive: true })
            continue
          }
          const job = await restored(id)
          if (job) saved.push(job)
          else unbegun.push(id)
        } catch (error) {
          broken.push({ id, reason: error instanceof Error ? error.message : String(error) })
        }
      return { saved, unbegun, broken }
    },
    async data(id) {
      const { facts, arrays } = await readArrays(at(id, DATA))
      const data = dataSchema.parse(facts)
      const [inputs = data.inputs, targets = data.targets] = arrays
      return { ...data, inputs, targets }
    },
    async state(id) {
      const { facts, arrays } = await readArrays(at(id, STATE))
      return withArrays(stateSchema.parse(facts), arrays)
    },
    async remove(id) {
      const gone = join(folder, `${GONE}${id}`)
      await rename(at(id), gone)
      await syncFolder(folder)
      await rm(gone, { recursive: true })
    },
  }
}

/** Stands for an array whose numbers are elsewhere. */
const emptied = (array: Float32Array | Float64Array): Float32Array | Float64Array =>
  array instanceof Float32Array ? new Float32Array() : new Float64Array()
