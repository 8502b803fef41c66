import type { Checkpoints } from './checkpoints.ts'
import type { TrainingPlace, TrainingSetup } from './chunk.ts'
import { isOver, Job, type JobFacts } from './job.ts'
import type { Parameters } from './network.ts'
import type { TrainingState } from './state.ts'
import type { NetworkStore } from './store.ts'

interface JobsOptions {
  readonly admit: (setup: TrainingSetup) => TrainingPlace
  readonly store: NetworkStore
  /** none: a job that is interrupted is gone with the process */
  readonly checkpoints: Checkpoints | undefined
  /** whether an error means that the threads are being shut down, and not that the training is at fault */
  readonly isShutdown: (error: unknown) => boolean
  /** told of what a job failed of, beside the job itself */
  readonly onFailure: (job: Job, error: unknown) => void
  /** how long a training keeps a thread at a time */
  readonly chunkMs?: number
  /** time between two checkpoints, at least */
  readonly checkpointMs?: number
}

/** Trainings that run or wait at a time. */
export const MOST_TRAININGS = 8
/** Trainings that are over and still told of. */
const MOST_REMEMBERED = 100
const CHUNK_MS = 500
const CHECKPOINT_MS = 2000

/** Every training of this process, and those that an earlier one left unfinished. */
export class Jobs {
  readonly #options: JobsOptions
  readonly #jobs = new Map<string, Job>()
  /** what runs, until it has ended */
  readonly #running = new Map<Job, Promise<void>>()
  /** those that are asked to stop */
  readonly #cancelling = new Set<Job>()
  #closing = false

  constructor(options: JobsOptions) {
    this.#options = options
  }

  /** Shows what an earlier process left as interrupted. Answers the jobs whose files cannot be read, and why. */
  async restore(): Promise<readonly { readonly id: string; readonly reason: string }[]> {
    const { saved = [], broken = [] } = (await this.#options.checkpoints?.list()) ?? {}
    for (const { facts, state } of saved) this.#jobs.set(facts.id, new Job(facts, state, 'interrupted'))
    return broken
  }

  /** the newest first */
  list(): readonly Job[] {
    return [...this.#jobs.values()].sort((a, b) => b.facts.createdAt - a.facts.createdAt)
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  get isFull(): boolean {
    return this.#running.size >= MOST_TRAININGS
  }

  async start(facts: JobFacts, setup: TrainingSetup, state: TrainingState): Promise<Job> {
    const job = new Job(facts, state, 'queued')
    await this.#options.checkpoints?.create(facts, setup.data, state)
    this.#jobs.set(job.id, job)
    this.#forgetOld()
    this.#go(job, setup)
    return job
  }

  /** Goes on with an interrupted job from its checkpoint. */
  async resume(job: Job): Promise<void> {
    const { checkpoints } = this.#options
    if (!checkpoints || job.status !== 'interrupted') throw new Error(`the job ${job.id} is not interrupted`)
    job.become('queued')
    try {
      const { network, spec } = job.facts
      this.#go(job, { network, spec, data: await checkpoints.data(job.id) })
    } catch (error) {
      job.become('interrupted')
      throw error
    }
  }

  /** Stops a job after what it is at; its best weights so far become the network. A job that is over stays as it is. */
  async cancel(job: Job): Promise<void> {
    if (job.status === 'interrupted') return this.#end(job, 'cancelled')
    if (isOver(job.status)) return
    this.#cancelling.add(job)
    await this.#running.get(job)
  }

  /** Interrupts everything and keeps it for a later process. */
  async close(): Promise<void> {
    this.#closing = true
    for (const job of this.#running.keys()) job.become('interrupted')
    await Promise.all(this.#running.values())
  }

  #go(job: Job, setup: TrainingSetup): void {
    const running = this.#run(job, setup).finally(() => {
      this.#running.delete(job)
      this.#cancelling.delete(job)
    })
    this.#running.set(job, running)
  }

  async #run(job: Job, setup: TrainingSetup): Promise<void> {
    const { admit, isShutdown, onFailure, chunkMs = CHUNK_MS } = this.#options
    try {
      using place = admit(setup)
      job.become('running')
      let savedAt = performance.now()
      for (;;) {
        const started = performance.now()
        const chunk = await place.train(job.state, chunkMs)
        job.add(chunk, performance.now() - started)
        if (chunk.verdict !== undefined) return await this.#end(job, 'diverged', chunk.verdict)
        if (chunk.state.ended === 'finished') return await this.#end(job, 'finished')
        if (chunk.state.ended === 'stopped-early') return await this.#end(job, 'stopped-early')
        if (this.#cancelling.has(job)) return await this.#end(job, 'cancelled')
        if (this.#closing || performance.now() - savedAt >= (this.#options.checkpointMs ?? CHECKPOINT_MS)) {
          await this.#options.checkpoints?.save(job.id, job.wholeState)
          savedAt = performance.now()
        }
        if (this.#closing) return
      }
    } catch (error) {
      if (isShutdown(error)) return job.become('interrupted')
      onFailure(job, error)
      job.become('failed', reasonOf(error))
      await this.#options.checkpoints?.remove(job.id)
    }
  }

  /** The network goes to the store, then nothing of the job is on disk any more. */
  async #end(
    job: Job,
    status: 'finished' | 'stopped-early' | 'cancelled' | 'diverged',
    verdict?: string,
  ): Promise<void> {
    const { store, checkpoints } = this.#options
    const { facts } = job
    const { model: id, network: spec, labels, spec: training } = facts
    const parameters = kept(job, status)
    const [history, diagnostics] = [[...job.history], [...job.diagnostics]]
    if (parameters) await store.save({ id, spec, parameters, labels, history, diagnostics, training })
    await checkpoints?.remove(job.id)
    job.become(status, verdict)
  }

  #forgetOld(): void {
    const over = this.list().filter(({ status }) => isOver(status) && status !== 'interrupted')
    for (const { id } of over.slice(MOST_REMEMBERED)) this.#jobs.delete(id)
  }
}

/**
 * The weights that a training is done for: the last ones, or the best ones where it judged them by samples held back or was
 * not let come to its end. None of a training that diverged before its first epoch was over.
 */
function kept({ state, facts }: Job, status: Job['status']): Parameters | undefined {
  const { validation, patience } = facts.spec
  if (status === 'diverged') return state.best?.parameters
  const judged = validation > 0 || patience !== undefined || status === 'cancelled'
  return (judged ? state.best?.parameters : undefined) ?? state.parameters
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'the training failed for a reason that the service did not expect'
