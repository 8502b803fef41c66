import type { Chunk, TrainingSetup } from './chunk.ts'
import type { Epoch } from './epoch.ts'
import type { Diagnostics, EpochRecord } from './records.ts'
import { type TrainingState, withoutPast } from './state.ts'

export const JOB_STATUSES = [
  'queued',
  'running',
  'finished',
  'stopped-early',
  'cancelled',
  'diverged',
  'interrupted',
  'failed',
] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** Whether nothing more will come of a job by itself. */
export const isOver = (status: JobStatus): boolean => status !== 'queued' && status !== 'running'

/** What of a job never changes, but for its data. */
export interface JobFacts extends Omit<TrainingSetup, 'data'>, Epoch {
  readonly id: string
  /** id of the network that comes of it */
  readonly model: string
  readonly labels: readonly string[] | undefined
  /** what keeps the network from learning it, seen before the first step */
  readonly warnings: readonly string[]
  /** milliseconds since 1970 */
  readonly createdAt: number
}

/** One training: how far it has come, and what it is waiting for. */
export class Job {
  readonly facts: JobFacts
  readonly history: EpochRecord[]
  readonly diagnostics: Diagnostics[]
  #status: JobStatus
  #verdict: string | undefined
  /** without its past */
  #state: TrainingState | undefined
  #progress: Progress
  #changed = Promise.withResolvers<void>()
  /** of this process: an interrupted job has none of an earlier one */
  #pace = { steps: 0, ms: 0 }

  constructor(facts: JobFacts, state: TrainingState, status: 'queued' | 'interrupted') {
    this.facts = facts
    this.#status = status
    this.history = [...state.history]
    this.diagnostics = [...state.diagnostics]
    this.#state = withoutPast(state)
    this.#progress = progressOf(state, facts)
  }

  get id(): string {
    return this.facts.id
  }

  get status(): JobStatus {
    return this.#status
  }

  /** why it ended as it did, in words, where that needs any */
  get verdict(): string | undefined {
    return this.#verdict
  }

  get progress(): Progress {
    return this.#progress
  }

  get steps(): number {
    return this.facts.spec.epochs * this.facts.stepsPerEpoch
  }

  /** What the training goes on from. Throws when the job has ended: weights are not kept twice. */
  get state(): TrainingState {
    if (!this.#state) throw new Error(`the job ${this.id} has ended`)
    return this.#state
  }

  /** The state with its past, as a checkpoint holds it. */
  get wholeState(): TrainingState {
    return { ...this.state, history: this.history, diagnostics: this.diagnostics }
  }

  /** What the layers were like after so many epochs, where that was looked at. */
  diagnosticsOf(epoch: number): Diagnostics | undefined {
    return this.diagnostics.find((known) => known.epoch === epoch)
  }

  /** Samples learnt from in a second, while it runs. */
  get samplesPerSecond(): number | undefined {
    const { steps, ms } = this.#pace
    if (ms === 0) return undefined
    return (steps * this.facts.samplesPerEpoch) / this.facts.stepsPerEpoch / (ms / 1000)
  }

  get secondsLeft(): number | undefined {
    const { steps, ms } = this.#pace
    if (steps === 0 || isOver(this.#status)) return undefined
    return ((this.steps - this.#progress.step) * ms) / steps / 1000
  }

  /** Resolves when anything of the job has changed. */
  changed(): Promise<void> {
    return this.#changed.promise
  }

  /** Takes up what some time of training brought. */
  add({ state }: Chunk, ms: number): void {
    this.#pace = {
      steps: this.#pace.steps + state.step - this.#progress.step,
      ms: this.#pace.ms + ms,
    }
    for (const record of state.history) this.history.push(record)
    for (const diagnostics of state.diagnostics) this.diagnostics.push(diagnostics)
    this.#state = withoutPast(state)
    this.#progress = progressOf(state, this.facts, this.#progress)
    this.#tell()
  }

  become(status: JobStatus, verdict?: string): void {
    this.#status = status
    this.#verdict = verdict
    if (isOver(status) && status !== 'interrupted') this.#state = undefined
    this.#tell()
  }

  #tell(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers<void>()
    resolve()
  }
}

/** How far a training has come. */
export interface Progress {
  /** epochs that are done */
  readonly epoch: number
  /** steps that are done */
  readonly step: number
  /** of the epoch so far as if it were all of it, or else of the last one */
  readonly loss: number | undefined
  readonly best: { readonly epoch: number; readonly loss: number } | undefined
}

function progressOf(
  { epoch, step, sums, history, best }: TrainingState,
  { samplesPerEpoch }: JobFacts,
  before?: Progress,
): Progress {
  const share = sums.samples / samplesPerEpoch
  return {
    epoch,
    step,
    loss: share > 0 ? sums.loss / share : (history.at(-1)?.loss ?? before?.loss),
    best: best && { epoch: best.epoch, loss: best.loss },
  }
}
