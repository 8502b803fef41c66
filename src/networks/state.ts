import { numbersOf } from './data.ts'
import { initialParameters, type Network, type Parameters } from './network.ts'
import { freshMemory, type Memory } from './optimizer.ts'
import type { DeadUnits, Diagnostics, EpochRecord } from './records.ts'
import type { TrainingSpec } from './training.ts'

/** The weights of the smallest loss, and that loss: of the samples held back, or else the epoch's. */
export interface Best {
  readonly epoch: number
  readonly loss: number
  readonly parameters: Parameters
}

/** Everything that a training is in the middle of. Plain data: it crosses threads, and a checkpoint holds it. */
export interface TrainingState {
  readonly epoch: number
  /** steps of this epoch that are done */
  readonly batch: number
  /** all steps that are done */
  readonly step: number
  readonly parameters: Parameters
  readonly memory: readonly Memory[]
  /** over this epoch's steps so far; `loss`: each by its share in the epoch's loss */
  readonly sums: {
    readonly loss: number
    readonly correct: number
    readonly samples: number
    readonly ms: number
  }
  readonly history: readonly EpochRecord[]
  readonly diagnostics: readonly Diagnostics[]
  /** units that were dead when it was last looked */
  readonly dead: DeadUnits
  readonly best: Best | undefined
  readonly ended: 'finished' | 'stopped-early' | undefined
}

/** A state that is being worked on. All of its arrays are its own, but for those of `best`, which nobody changes. */
export interface RunningState
  extends Omit<TrainingState, 'epoch' | 'batch' | 'step' | 'sums' | 'dead' | 'best' | 'ended'> {
  epoch: number
  batch: number
  step: number
  sums: TrainingState['sums']
  best: TrainingState['best']
  ended: TrainingState['ended']
  dead: TrainingState['dead']
  readonly history: EpochRecord[]
  readonly diagnostics: Diagnostics[]
}

/** The same state, to be worked on while `from` stays as it is. */
export const runningFrom = (from: TrainingState): RunningState => ({
  ...from,
  parameters: copied(from.parameters),
  memory: from.memory.map(copied),
  history: [...from.history],
  diagnostics: [...from.diagnostics],
})

export const copied = (arrays: Parameters): Parameters => arrays.map((array) => array.slice())

/** Every array of a state, in the order of `withArrays`. */
export const arraysOf = ({ parameters, memory, best }: TrainingState): Parameters => [
  ...parameters,
  ...memory.flat(),
  ...(best?.parameters ?? []),
]

/** The same state with other arrays, in the order of `arraysOf`. */
export function withArrays(state: TrainingState, arrays: Parameters): TrainingState {
  let at = 0
  const others = (own: Parameters): Parameters => own.map((array) => arrays[at++] ?? array)
  return {
    ...state,
    parameters: others(state.parameters),
    memory: state.memory.map(others),
    best: state.best && { ...state.best, parameters: others(state.best.parameters) },
  }
}

/** A training that has not begun. `parameters`: of a model that is trained further. */
export function freshState(network: Network, spec: TrainingSpec, parameters?: Parameters): TrainingState {
  const values = (parameters ?? initialParameters(network)).map((from) => {
    const own = numbersOf(spec.precision, from.length)
    own.set(from)
    return own
  })
  return {
    epoch: 0,
    batch: 0,
    step: 0,
    parameters: values,
    memory: network.parameters.map(({ role }, i) => {
      const like = values[i]
      return like && role !== 'state' ? freshMemory(spec.optimizer, like) : []
    }),
    sums: NO_SUMS,
    history: [],
    diagnostics: [],
    dead: [],
    best: undefined,
    ended: undefined,
  }
}

export const NO_SUMS: TrainingState['sums'] = { loss: 0, correct: 0, samples: 0, ms: 0 }

/** The state without its past, which a training does not need to go on: it stays behind, and does not grow what is sent. */
export const withoutPast = (state: TrainingState): TrainingState => ({
  ...state,
  history: [],
  diagnostics: [],
})
