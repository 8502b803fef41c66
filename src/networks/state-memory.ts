import { precisionOf, sharedNumbersOf } from './data.ts'
import type { Parameters } from './network.ts'
import { arraysOf, type TrainingState, withArrays } from './state.ts'

/** Memory for every array of a state, of the best weights too. Threads share it: sending what lies in it copies nothing. */
export type StateMemory = Parameters

/** Memory for any state of the training that `state` is of. */
export function stateMemoryFor({ parameters, memory }: TrainingState): StateMemory {
  const alike = [...parameters, ...memory.flat(), ...parameters]
  return alike.map((array) => sharedNumbersOf(precisionOf(array), array.length))
}

/** The state with all of its numbers in `memory`. */
export function movedTo(memory: StateMemory, state: TrainingState): TrainingState {
  arraysOf(state).forEach((array, i) => {
    memory[i]?.set(array)
  })
  return withArrays(state, memory)
}
