import type { Backend } from '../core/backend.ts'
import type { DataSet } from './data.ts'
import { NetworkError } from './errors.ts'
import { networkOf } from './network.ts'
import type { NetworkSpec } from './spec.ts'
import type { TrainingState } from './state.ts'
import { Trainer } from './train.ts'
import type { TrainingSpec } from './training.ts'

/** What a training is about, from its beginning to its end. Plain data; the samples best lie in memory that threads share. */
export interface TrainingSetup {
  readonly network: NetworkSpec
  readonly data: DataSet
  readonly spec: TrainingSpec
}

/** What some time of training brought. */
export interface Chunk {
  /** its `losses` and `history` are only those of this chunk */
  readonly state: TrainingState
  /** why the numbers grew beyond all bounds; the state is then that before the step in which they did */
  readonly verdict: string | undefined
}

export const trainerOf = ({ network, data, spec }: TrainingSetup, backend: Backend): Trainer =>
  new Trainer(networkOf(network), data, spec, backend)

/** The state without its past, which a training does not need to go on: it stays behind, and does not grow what is sent. */
export const withoutPast = (state: TrainingState): TrainingState => ({ ...state, losses: [], history: [] })

/** Goes on until the end, or until `pause` says so. */
export function runChunk(trainer: Trainer, from: TrainingState, pause: () => boolean): Chunk {
  let last = from
  try {
    const state = trainer.run(from, (now) => {
      last = now
      return pause()
    })
    return { state, verdict: undefined }
  } catch (error) {
    if (error instanceof NetworkError && error.kind === 'diverged')
      return { state: last, verdict: error.message }
    throw error
  }
}
