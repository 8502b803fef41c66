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

/** A training's place on the threads, until it is released. It waits behind all requests. */
export interface TrainingPlace extends Disposable {
  /**
   * Goes on from a state for about so long; a crash of its thread costs no more than that time. The state that it answers lasts
   * until the call after the next one, which takes up its memory. Rejects with PoolError, CoreError or NetworkError.
   */
  train(state: TrainingState, milliseconds: number): Promise<Chunk>
  release(): void
}

export const trainerOf = ({ network, data, spec }: TrainingSetup, backend: Backend): Trainer =>
  new Trainer(networkOf(network), data, spec, backend)

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
      return { state: trainer.checked(last), verdict: error.message }
    throw error
  }
}
