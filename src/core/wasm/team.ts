import { CoreError } from '../errors.ts'
import type { EncodedCall } from '../kernels/encode.ts'
import { ABORT, CONTROL_BASE, CONTROL_BYTES, MAX_WORKERS } from './control.ts'
import type { KernelInstance } from './module.ts'

/**
 * A team runs a plan together: the leader (rank 0, owner of slot = its worker index) and the members that assist it.
 * A member's seat says where it is. The leader claims ready seats for one run; a member can be recalled between runs.
 */
const SEATS = 512
const READY = 1
const CLAIMED = 2
const RUNNING = 3
const INVITED = 4
const ABSENT = 0

/** i32 indices within a slot's control block. */
const PLAN = SEATS / 4
const TEAM_SIZE = PLAN + 1
const RECALLED = PLAN + 2
const RANKS = PLAN + 8
const SEAT = RANKS + MAX_WORKERS

const SPINS = 20_000
const DEAD_LEADER_MS = 1000
/**
 * A member that was sent for is about to come: waking a thread takes 0.1 ms, on a busy machine some ms, and a run without it many
 * times that.
 */
const PATIENCE_MS = 10

const controlAddress = (slot: number): number => CONTROL_BASE + slot * CONTROL_BYTES
const controlWords = (memory: WebAssembly.Memory, slot: number): Int32Array =>
  new Int32Array(memory.buffer, controlAddress(slot), CONTROL_BYTES / 4)

/**
 * Prepares a slot for its leader's next job: no abort, nobody recalled, all seats empty, no counts left by a member that
 * died in a run. Nobody may be in it.
 */
export function openSlot(memory: WebAssembly.Memory, slot: number): void {
  const words = controlWords(memory, slot)
  for (let word = 0; word < PLAN; word++) Atomics.store(words, word, 0)
  Atomics.store(words, RECALLED, 0)
  for (let member = 0; member < MAX_WORKERS; member++) Atomics.store(words, SEAT + member, ABSENT)
}

/** Prepares a seat for a member that is about to come: takes back an earlier recall. The member may not be in it. */
export function invite(memory: WebAssembly.Memory, slot: number, member: number): void {
  const words = controlWords(memory, slot)
  Atomics.store(words, SEAT + member, INVITED)
  Atomics.and(words, RECALLED, ~(1 << member))
}

/** Makes the run of a slot's leader end between two steps with `cancelled`. From any thread. */
export function requestAbort(memory: WebAssembly.Memory, slot: number): void {
  Atomics.store(controlWords(memory, slot), ABORT / 4, 1)
}

/** Asks a member to leave after the run it may be in. From any thread. */
export function recall(memory: WebAssembly.Memory, slot: number, member: number): void {
  const words = controlWords(memory, slot)
  Atomics.or(words, RECALLED, 1 << member)
  sendHome(words, member)
}

/** Sends all members of a slot home. From any thread. */
export function dismiss(memory: WebAssembly.Memory, slot: number): void {
  const words = controlWords(memory, slot)
  Atomics.store(words, RECALLED, -1)
  for (let member = 0; member < MAX_WORKERS; member++) sendHome(words, member)
}

/** Empties a waiting member's seat, which wakes it; one that runs looks at RECALLED when it has done its share. */
function sendHome(words: Int32Array, member: number): void {
  Atomics.compareExchange(words, SEAT + member, INVITED, ABSENT)
  if (Atomics.compareExchange(words, SEAT + member, READY, ABSENT) === READY)
    Atomics.notify(words, SEAT + member)
}

/** Blocks this thread as a member of the slot's team, running its share of the leader's plans, until it is recalled. */
export function assist(
  instance: KernelInstance,
  memory: WebAssembly.Memory,
  slot: number,
  member: number,
): void {
  const words = controlWords(memory, slot)
  const seat = SEAT + member
  const isOver = () => (Atomics.load(words, RECALLED) & (1 << member)) !== 0
  Atomics.store(words, seat, READY)
  Atomics.notify(words, seat)
  for (;;) {
    const state = waitWhile(words, seat, READY, isOver)
    if (state === ABSENT) return
    if (state === READY) {
      if (Atomics.compareExchange(words, seat, READY, ABSENT) === READY) return
    } else if (state === RUNNING) {
      instance.runPlan(
        Atomics.load(words, PLAN),
        Atomics.load(words, RANKS + member),
        Atomics.load(words, TEAM_SIZE),
        controlAddress(slot),
      )
      Atomics.store(words, seat, READY)
      Atomics.notify(words, seat)
    } else if (waitWhile(words, seat, CLAIMED, isOver) === CLAIMED) {
      // Sent home between the claim and the run: a leader that lives begins at once, a dead one never does.
      Atomics.wait(words, seat, CLAIMED, DEAD_LEADER_MS)
      if (Atomics.compareExchange(words, seat, CLAIMED, ABSENT) === CLAIMED) return
    }
  }
}

/** Spins, then sleeps, while the word holds `value` and `until` is false; answers what it holds then. */
function waitWhile(words: Int32Array, index: number, value: number, until: () => boolean): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const now = Atomics.load(words, index)
    if (now !== value || until()) return now
  }
  while (Atomics.load(words, index) === value && !until()) Atomics.wait(words, index, value, 100)
  return Atomics.load(words, index)
}

/** The leader's side: one job of one worker. */
export class Team {
  readonly #instance: KernelInstance
  readonly #memory: WebAssembly.Memory
  readonly #slot: number

  constructor(instance: KernelInstance, memory: WebAssembly.Memory, slot: number) {
    this.#instance = instance
    this.#memory = memory
    this.#slot = slot
  }

  /** Runs the plan at an address with all members that are ready, or soon will be. Throws `cancelled`. */
  run(plan: number): void {
    const words = controlWords(this.#memory, this.#slot)
    awaitInvited(words)
    const members = claimReady(words)
    members.forEach((member, i) => {
      Atomics.store(words, RANKS + member, i + 1)
    })
    Atomics.store(words, PLAN, plan)
    Atomics.store(words, TEAM_SIZE, members.length + 1)
    let complete = true
    for (const member of members) {
      if (Atomics.compareExchange(words, SEAT + member, CLAIMED, RUNNING) !== CLAIMED) complete = false
      Atomics.notify(words, SEAT + member)
    }
    if (!complete) Atomics.store(words, ABORT / 4, 1)
    const aborted = this.#instance.runPlan(plan, 0, members.length + 1, controlAddress(this.#slot)) !== 0
    for (const member of members) this.#awaitReturn(words, member)
    if (!complete) throw new CoreError('team-lost', 'a worker of the team left while it was claimed')
    if (aborted) throw new CoreError('cancelled', 'the request was cancelled')
  }

  /** Runs all units of one call by the leader alone; its arguments lie at an address. */
  runAlone({ kernel, units }: EncodedCall, args: number): void {
    for (let unit = 0; unit < units; unit++) this.#instance.runUnit(kernel, args, unit)
  }

  /** A member that has died never returns: the abort that its crash causes ends the wait. */
  #awaitReturn(words: Int32Array, member: number): void {
    const seat = SEAT + member
    let patience = 20
    while (waitWhile(words, seat, RUNNING, () => Atomics.load(words, ABORT / 4) !== 0) === RUNNING) {
      if (patience-- === 0)
        throw new CoreError('team-lost', 'a worker of the team did not return from a step')
      Atomics.wait(words, seat, RUNNING, 100)
    }
  }
}

/** Waits a little for members on their way; who has not come by then is not waited for again. */
function awaitInvited(words: Int32Array): void {
  const deadline = performance.now() + PATIENCE_MS
  for (let member = 0; member < MAX_WORKERS; member++) {
    const seat = SEAT + member
    while (Atomics.load(words, seat) === INVITED && performance.now() < deadline)
      Atomics.wait(words, seat, INVITED, PATIENCE_MS)
    Atomics.compareExchange(words, seat, INVITED, ABSENT)
  }
}

/** Takes every ready seat for the coming run. */
function claimReady(words: Int32Array): number[] {
  const members: number[] = []
  for (let member = 0; member < MAX_WORKERS; member++)
    if (Atomics.compareExchange(words, SEAT + member, READY, CLAIMED) === READY) members.push(member)
  return members
}
