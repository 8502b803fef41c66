import { CoreError } from '../errors.ts'
import type { EncodedCall } from '../kernels/encode.ts'
import type { ModelMemory } from './memory.ts'
import type { Team } from './team.ts'

/** Words of a call in a plan: kernel, address of its arguments, units. */
const CALL_WORDS = 3

/** Runs kernel calls one after the other, outside of any graph, with all members of the team. Throws `cancelled`. */
export function runCalls(memory: ModelMemory, team: Team, calls: readonly EncodedCall[]): void {
  const headWords = 1 + calls.length * CALL_WORDS
  const length = calls.reduce((sum, { words }) => sum + words.length, headWords)
  const plan = memory.allocate(length * 4)
  let isDone = true
  try {
    const code = memory.words(plan, length)
    code[0] = calls.length
    let at = headWords
    calls.forEach(({ kernel, words, units }, i) => {
      code.set([kernel, plan + at * 4, units], 1 + i * CALL_WORDS)
      code.set(words, at)
      at += words.length
    })
    team.run(plan)
  } catch (error) {
    // a helper that did not return may still read it
    isDone = !(error instanceof CoreError && error.kind === 'team-lost')
    throw error
  } finally {
    if (isDone) memory.free(plan, length * 4)
  }
}
