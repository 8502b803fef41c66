import { MAX_WORKERS } from '../../src/core/wasm/control.ts'
import type { TeamControl } from '../../src/pool/team.ts'

/** A stand-in for the core's teams: the same conversation through shared memory, and no work. */
const SLOT_WORDS = 128
const ABORT = 0
const DISMISSED = 1
const PRESENT = 2
/** set by a test: the helpers die, or hear no recall; beyond the slots, because `open` shall not reset it */
const FATE = SLOT_WORDS * MAX_WORKERS
const RECALLED = 16
const POLL_MS = 10

export type Fate = 'obedient' | 'mortal' | 'deaf'
const fates: readonly Fate[] = ['obedient', 'mortal', 'deaf']

const wordsOf = (memory: WebAssembly.Memory, slot: number): Int32Array =>
  new Int32Array(memory.buffer, slot * SLOT_WORDS * 4, SLOT_WORDS)

export const newMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })

export const fakeControl: TeamControl = {
  open: (memory, slot) => void wordsOf(memory, slot).fill(0),
  invite: (memory, slot, member) => void Atomics.store(wordsOf(memory, slot), RECALLED + member, 0),
  requestAbort: (memory, slot) => void Atomics.store(wordsOf(memory, slot), ABORT, 1),
  recall: (memory, slot, member) => void Atomics.store(wordsOf(memory, slot), RECALLED + member, 1),
  dismiss: (memory, slot) => void Atomics.store(wordsOf(memory, slot), DISMISSED, 1),
}

export const isAborted = (memory: WebAssembly.Memory, slot: number): boolean =>
  Atomics.load(wordsOf(memory, slot), ABORT) === 1

export const present = (memory: WebAssembly.Memory, slot: number): number =>
  Atomics.load(wordsOf(memory, slot), PRESENT)

/** What becomes of every helper in this memory from now on. */
export const decree = (memory: WebAssembly.Memory, fate: Fate): void => {
  Atomics.store(new Int32Array(memory.buffer), FATE, fates.indexOf(fate))
}

const fateOf = (memory: WebAssembly.Memory): Fate =>
  fates[Atomics.load(new Int32Array(memory.buffer), FATE)] ?? 'obedient'

export function fakeAssist(memory: WebAssembly.Memory, slot: number, member: number): void {
  const words = wordsOf(memory, slot)
  const called = () => Atomics.load(words, DISMISSED) === 1 || Atomics.load(words, RECALLED + member) === 1
  Atomics.add(words, PRESENT, 1)
  while (fateOf(memory) === 'deaf' || !called()) {
    if (fateOf(memory) === 'mortal') process.exit(1)
    Atomics.wait(words, PRESENT, -1, POLL_MS)
    Atomics.wait(words, DISMISSED, 0, POLL_MS)
  }
  Atomics.sub(words, PRESENT, 1)
}
