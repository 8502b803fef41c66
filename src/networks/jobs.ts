import type { Checkpoints, Restored } from './checkpoints.ts'
import type { Chunk, TrainingPlace, TrainingSetup } from './chunk.ts'
import { JobError, NetworkError } from './errors.ts'
import { thinned } from './history.ts'
import { type EndedRecord, isOver, Job, type JobFacts, recordAt } from './job.ts'
import type { Parameters } from './network.ts'
import { SampleMemory } from './sample-memory.ts'
import type { TrainingState } from './state.ts'
import type { NetworkStore } from './store.ts'

interface JobsOptions {
  readonly admit: (setup: TrainingSetup) => TrainingPlace
  readonly store: NetworkStore
  /** none: every job is gone with the process */
  readonly checkpoints: Checkpoints | undefined
  /** whether an error means that the threads are being shut down, and not that the training is at fault */
  readonly isShutdown: (error: unknown) => boolean
  /** told of every fault, beside the job itself */
  readonly onFailure: (job: Job, error: unknown) => void
  /** how long a training keeps a thread at a time */
  readonly chunkMs?: number
  /** time between two checkpoints, at least */
  readonly checkpointMs?: number
}

/** What a training begins with, or goes on from. */
export interface Begun {
  readonly setup: TrainingSetup
  readonly state: TrainingState
  /** gives the memory of its samples back, see `memory` */
  readonly release: () => void
}

/** What a training came to. */
interface Ending {
  readonly status: EndedRecord['status']
  readonly verdict?: string | undefined
  readonly state: TrainingState
}

/** Trainings that run or wait at a time. */
export const MOST_TRAININGS = 8
/** Jobs that have ended and are still told of, and as many that are interrupted: the newest. */
export const MOST_REMEMBERED = 100
/** Told to those that come while all places are taken: a training is long, but small ones are not. */
const RETRY_SECONDS = 10
const CHUNK_MS = 500
const CHECKPOINT_MS = 2000

/** Every training of this process, and those that earlier ones left. */
export class Jobs {
  /** of what runs, and of what is about to */
  readonly memory = new SampleMemory()
  readonly #options: JobsOptions
  readonly #jobs = new Map<string, Job>()
  /** what has a place, until it has ended: what is being prepared too */
  readonly #running = new Map<Job, Promise<void>>()
  /** those that are asked to stop */
  readonly #cancelling = new Set<Job>()
  #closing = false

  constructor(options: JobsOptions) {
    this.#options = options
  }

  /** Shows what earlier processes left: ended, or interrupted. Answers what is to be said of the rest. */
  async restore(): Promise<Omit<Restored, 'saved'>> {
    const restored = await this.#options.checkpoints?.restore()
    const { saved = [], unbegun = [], broken = [] } = restored ?? {}
    for (const { facts, record } of saved) this.#jobs.set(facts.id, new Job(facts, record))
    await this.#forgetOld()
    return { unbegun, broken }
  }

  /** the newest first */
  list(): readonly Job[] {
    return [...this.#jobs.values()].sort((a, b) => b.facts.createdAt - a.facts.createdAt)
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  /** Throws JobError `closing` or `full` where no training can begin. */
  checkRoom(): void {
    if (this.#closing) throw new JobError('closing', 'the service is shutting down: no training begins')
    if (this.#running.size >= MOST_TRAININGS)
      throw new JobError(
        'full',
        `${MOST_TRAININGS} trainings are under way, as many as can be`,
        RETRY_SECONDS,
      )
  }

  /** Throws JobError `in-training` for a network that another job than `own` is to save: one under way, or an interrupted one. */
  checkIdle(model: string, own?: Job): void {
    const isBusy = (job: Job) => job !== own && job.facts.model === model
    const name = JSON.stringify(model)
    const running = [...this.#running.keys()].find(isBusy)
    if (running) throw new JobError('in-training', `the network ${name} is trained by the job ${running.id}`)
    const halted = [...this.#jobs.values()].find((job) => job.status === 'interrupted' && isBusy(job))
    if (halted)
      throw new JobError(
        'in-training',
        `the network ${name} is that of the job ${halted.id}, which is interrupted: resume it, or DELETE it`,
      )
  }

  /** Rejects with JobError `closing`, `full` or `in-training`; the memory is then not given back. */
  async start(facts: JobFacts, begun: Begun): Promise<Job> {
    const { setup, state } = begun
    const job = new Job(facts, recordAt(facts, state, 'queued'))
    await this.#begin(job, async () => {
      await this.#forgetOld()
      await this.#options.checkpoints?.create(facts, setup.data, state)
      this.#jobs.set(job.id, job)
      return begun
    })
    return job
  }

  /** Goes on with an interrupted job from its checkpoint. Rejects with JobError. */
  resume(job: Job): Promise<void> {
    return job.inTurn(async () => {
      const { checkpoints } = this.#options
      if (!checkpoints || job.status !== 'interrupted')
        throw new JobError('not-interrupted', `the job is ${job.status}, not interrupted`)
      const { verdict } = job
      await this.#begin(job, async () => {
        job.become('queued')
        try {
          const { network, spec } = job.facts
          const state = await checkpoints.state(job.id)
          const data = await checkpoints.data(job.id)
          const release = this.memory.take(data.inputs.byteLength + data.targets.byteLength)
          job.goBackTo(state)
          return { setup: { network, spec, data }, state, release }
        } catch (error) {
          job.become('interrupted', verdict)
          throw error
        }
      })
    })
  }

  /**
   * Stops a job after what it is at; its best weights so far become the network. A job that has ended stays as it is, and one
   * whose network cannot be stored is interrupted.
   */
  cancel(job: Job): Promise<void> {
    return job.inTurn(async () => {
      const { checkpoints } = this.#options
      if (this.#running.has(job)) this.#cancelling.add(job)
      await this.#running.get(job)
      if (job.status !== 'interrupted' || !checkpoints) return
      await this.#bringToEnd(job, async () => {
        const state = await stored('its checkpoint cannot be read', checkpoints.state(job.id))
        job.goBackTo(state)
        return { status: 'cancelled', state }
      })
    })
  }

  /** Interrupts everything and keeps it for a later process. */
  async close(): Promise<void> {
    this.#closing = true
    for (const job of this.#running.keys()) job.become('interrupted')
    await Promise.all(this.#running.values())
  }

  /** Takes a place before anything is waited for, and gives it back when the job has ended. Rejects as `prepare` does. */
  async #begin(job: Job, prepare: () => Promise<Begun>): Promise<void> {
    this.checkRoom()
    this.checkIdle(job.facts.model, job)
    const prepared = prepare()
    const running = prepared
      .then(
        (begun) => this.#bringToEnd(job, () => this.#train(job, begun)),
        // whoever asked is told
        () => {},
      )
      .finally(() => {
        this.#running.delete(job)
        this.#cancelling.delete(job)
        prepared.then(
          ({ release }) => release(),
          () => {},
        )
      })
    this.#running.set(job, running)
    await prepared
  }

  /**
   * Sees a job to its end, or to a halt that it can be resumed from, which is where `train` answers nothing. Never rejects: a
   * fault of the training ends it, one in storing does not cost what it has learnt.
   */
  async #bringToEnd(job: Job, train: () => Promise<Ending | undefined>): Promise<void> {
    const { checkpoints, isShutdown, onFailure } = this.#options
    try {
      const ending = await train()
      if (!ending) return job.become('interrupted')
      await this.#saveNetwork(job, ending)
      await this.#end(job, ending)
    } catch (error) {
      if (isShutdown(error)) return job.become('interrupted')
      onFailure(job, error)
      if (checkpoints && error instanceof StoringError) job.become('interrupted', error.message)
      else await this.#end(job, { status: 'failed', verdict: reasonOf(error) })
    }
  }

  /** Undefined when it is interrupted. Rejects with StoringError, or with what the training failed of. */
  async #train(job: Job, { setup, state: from }: Begun): Promise<Ending | undefined> {
    const { admit, checkpoints, chunkMs = CHUNK_MS, checkpointMs = CHECKPOINT_MS } = this.#options
    if (this.#closing) return undefined
    using place = admit(setup)
    job.become('running')
    let state = from
    let savedAt = performance.now()
    for (;;) {
      const started = performance.now()
      const chunk = await place.train(state, chunkMs)
      state = chunk.state
      job.add(state, performance.now() - started)
      const ending = this.#endingOf(job, chunk)
      if (ending) return ending
      if (checkpoints && (this.#closing || performance.now() - savedAt >= checkpointMs)) {
        const { history, diagnostics } = job
        const saved = checkpoints.save(job.id, { ...state, history, diagnostics })
        await stored('its checkpoint cannot be written', saved)
        savedAt = performance.now()
      }
      if (this.#closing) return undefined
    }
  }

  #endingOf(job: Job, { state, verdict }: Chunk): Ending | undefined {
    if (verdict !== undefined) return { status: 'diverged', verdict, state }
    if (state.ended) return { status: state.ended, state }
    if (this.#cancelling.has(job)) return { status: 'cancelled', state }
    return undefined
  }

  async #saveNetwork({ facts, history, diagnostics }: Job, ending: Ending): Promise<void> {
    const { model: id, network: spec, labels, spec: training } = facts
    const parameters = kept(facts, ending)
    if (!parameters) return
    const network = { id, spec, parameters, labels, history: thinned(history), diagnostics, training }
    await stored('its network cannot be stored', this.#options.store.save(network))
  }

  /** What is told of a job takes the place of what it would go on from. A fault in that changes nothing of how it ended. */
  async #end(job: Job, { status, verdict }: Omit<Ending, 'state'>): Promise<void> {
    const { checkpoints, onFailure } = this.#options
    const { progress, history, diagnostics } = job
    try {
      await checkpoints?.end(job.id, { status, verdict, progress, history, diagnostics })
    } catch (error) {
      onFailure(job, error)
    }
    job.become(status, verdict)
  }

  async #forgetOld(): Promise<void> {
    const over = this.list().filter(({ status }) => isOver(status))
    const interrupted = over.filter(({ status }) => status === 'interrupted')
    const ended = over.filter(({ status }) => status !== 'interrupted')
    const old = [...interrupted.slice(MOST_REMEMBERED), ...ended.slice(MOST_REMEMBERED)]
    await Promise.all(old.map((job) => this.#forget(job)))
  }

  #forget(job: Job): Promise<void> {
    const { checkpoints, onFailure } = this.#options
    return job.inTurn(async () => {
      // resumed just now
      if (!isOver(job.status)) return
      this.#jobs.delete(job.id)
      await checkpoints?.remove(job.id).catch((error: unknown) => onFailure(job, error))
    })
  }
}

/** What is at fault is the place where things are kept, and not the training. */
class StoringError extends Error {}

async function stored<T>(fault: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    // a network that no store would take
    if (error instanceof NetworkError && error.kind !== 'no-room') throw error
    // nothing will mend it
    if (error instanceof JobError && error.kind === 'damaged') throw error
    throw new StoringError(
      `${fault}: ${reasonOf(error)}; when that is mended, resume goes on from the last checkpoint`,
      { cause: error },
    )
  }
}

/**
 * The weights that a training is done for: the last ones, or the best ones where it judged them by samples held back or was
 * not let come to its end. None of a training that was cancelled or diverged before its first epoch was over: a network of its id
 * stays as it was.
 */
function kept({ spec }: JobFacts, { status, state }: Ending): Parameters | undefined {
  const { validation, patience } = spec
  if (status === 'diverged' || status === 'cancelled') return state.best?.parameters
  const judged = validation > 0 || patience !== undefined
  return (judged ? state.best?.parameters : undefined) ?? state.parameters
}

/** Errors of the file system tell paths of this machine: their code is enough. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the training failed for a reason that the service did not expect'
  return 'syscall' in error && 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
