import type { TrainingSetup } from './chunk.ts'
import type { Epoch } from './epoch.ts'
import { MOST_RECORDS, thinned } from './history.ts'
import { oneByOne } from './one-by-one.ts'
import type { Diagnostics, EpochRecord } from './records.ts'
import type { TrainingState } from './state.ts'

/** What a job can end as: nothing more will come of it. */
export const ENDED = ['finished', 'stopped-early', 'cancelled', 'diverged', 'failed'] as const
export const JOB_STATUSES = ['queued', 'running', 'interrupted', ...ENDED] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** Whether nothing more will come of a job by itself. */
export const isOver = (status: JobStatus): boolean => status !== 'queued' && status !== 'running'

/** What of a job never changes, but for its data. */
export interface JobFacts extends Omit<TrainingSetup, 'data'>, Epoch {
  readonly id: string
  /** id of the network that comes of it */
  readonly model: string
  readonly labels?: readonly string[] | undefined
  /** what keeps the network from learning it, seen before the first step */
  readonly warnings: readonly string[]
  /** milliseconds since 1970 */
  readonly createdAt: number
}

/** How far a training has come. */
export interface Progress {
  /** epochs that are done */
  readonly epoch: number
  /** steps that are done */
  readonly step: number
  /** of the epoch so far as if it were all of it, or else of the last one */
  readonly loss?: number | undefined
  readonly best?: { readonly epoch: number; readonly loss: number } | undefined
}

/** All that is told of a job beside its facts. */
export interface JobRecord {
  readonly status: JobStatus
  /** why it ended or halted as it did, in words, where that needs any */
  readonly verdict?: string | undefined
  readonly progress: Progress
  readonly history: readonly EpochRecord[]
  readonly diagnostics: readonly Diagnostics[]
}

/** The same of a job that has ended. */
export interface EndedRecord extends JobRecord {
  readonly status: (typeof ENDED)[number]
}

/** One training: how far it has come, and what it is waiting for. The weights are with whoever trains them. */
export class Job {
  readonly facts: JobFacts
  /** What starts or ends a job comes one after the other. */
  readonly inTurn = oneByOne()
  #status: JobStatus
  #verdict: string | undefined
  #progress: Progress
  #history: EpochRecord[]
  #diagnostics: Diagnostics[]
  #changed = Promise.withResolvers<void>()
  /** of this process: an interrupted job has none of an earlier one */
  #pace = { steps: 0, ms: 0 }

  constructor(facts: JobFacts, { status, verdict, progress, history, diagnostics }: JobRecord) {
    this.facts = facts
    this.#status = status
    this.#verdict = verdict
    this.#progress = progress
    this.#history = [...history]
    this.#diagnostics = [...diagnostics]
  }

  get id(): string {
    return this.facts.id
  }

  get status(): JobStatus {
    return this.#status
  }

  get verdict(): string | undefined {
    return this.#verdict
  }

  get progress(): Progress {
    return this.#progress
  }

  /** epochs that are done, of a long training not all; see `thinned` */
  get history(): readonly EpochRecord[] {
    return this.#history
  }

  get diagnostics(): readonly Diagnostics[] {
    return this.#diagnostics
  }

  get steps(): number {
    return this.facts.spec.epochs * this.facts.stepsPerEpoch
  }

  /** What the layers were like after so many epochs, where that was looked at. */
  diagnosticsOf(epoch: number): Diagnostics | undefined {
    return this.#diagnostics.find((known) => known.epoch === epoch)
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

  /** Takes up what some time of training brought. `state`: with the past of that time only. */
  add(state: TrainingState, ms: number): void {
    this.#pace = {
      steps: this.#pace.steps + state.step - this.#progress.step,
      ms: this.#pace.ms + ms,
    }
    for (const record of state.history) this.#history.push(record)
    if (this.#history.length > 2 * MOST_RECORDS) this.#history = thinned(this.#history)
    for (const diagnostics of state.diagnostics) this.#diagnostics.push(diagnostics)
    this.#progress = progressOf(this.facts, state, this.#progress.loss)
    this.#tell()
  }

  /** Stands where a checkpoint does: what came after it, and was not kept, is to come again. */
  goBackTo(state: TrainingState): void {
    this.#history = [...state.history]
    this.#diagnostics = [...state.diagnostics]
    this.#progress = progressOf(this.facts, state)
    this.#tell()
  }

  become(status: JobStatus, verdict?: string): void {
    this.#status = status
    this.#verdict = verdict
    this.#tell()
  }

  #tell(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers<void>()
    resolve()
  }
}

/** What is told of a training that stands at `state`. */
export const recordAt = (
  facts: JobFacts,
  state: TrainingState,
  status: 'queued' | 'interrupted',
): JobRecord => ({
  status,
  progress: progressOf(facts, state),
  history: state.history,
  diagnostics: state.diagnostics,
})

/** `lossBefore`: told while nothing newer is known. */
function progressOf(
  { samplesPerEpoch }: JobFacts,
  { epoch, step, sums, history, best }: TrainingState,
  lossBefore?: number,
): Progress {
  const share = sums.samples / samplesPerEpoch
  return {
    epoch,
    step,
    loss: share > 0 ? sums.loss / share : (history.at(-1)?.loss ?? lossBefore),
    best: best && { epoch: best.epoch, loss: best.loss },
  }
}
