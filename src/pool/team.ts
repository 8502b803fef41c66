import type { Job } from './job.ts'
import type { SharedResource } from './task.ts'

/**
 * How the pool speaks to a team through its memory; the core implements it. `slot` is the leader's worker index, `member`
 * the helper's. All calls come from the main thread and must not block; a leader dismisses its own team too.
 */
export interface TeamControl {
  /** Before a job is posted to its leader, when nobody is in the slot: no abort, no recall, all seats empty. */
  open(memory: WebAssembly.Memory, slot: number): void
  /**
   * Before a helper is sent, once or twice, when it is not in the slot: takes back an earlier recall of this member, and lets
   * the leader wait for it a little.
   */
  invite(memory: WebAssembly.Memory, slot: number, member: number): void
  /** The leader's run ends between two steps, also when it waits for a member that died. */
  requestAbort(memory: WebAssembly.Memory, slot: number): void
  /** The member returns from `assist` soon, also when it has not entered it yet. */
  recall(memory: WebAssembly.Memory, slot: number, member: number): void
  /** As `recall`, for every member. */
  dismiss(memory: WebAssembly.Memory, slot: number): void
  /** A worker died that may have held locks in this memory: frees them. */
  bury?(memory: WebAssembly.Memory, worker: number): void
}

/**
 * The helpers of one running job. It outlives the job until the last helper has left, and as long its leader gets no new
 * job: a helper that is late must not walk into the next one.
 */
export class Team {
  readonly job: Job
  readonly slot: number
  readonly memory: WebAssembly.Memory
  readonly resource: SharedResource
  readonly #control: TeamControl
  readonly #helpers = new Set<number>()
  readonly #declined = new Set<number>()
  #closed = false

  constructor(
    control: TeamControl,
    job: Job,
    slot: number,
    memory: WebAssembly.Memory,
    resource: SharedResource,
  ) {
    this.#control = control
    this.job = job
    this.slot = slot
    this.memory = memory
    this.resource = resource
    control.open(memory, slot)
  }

  get size(): number {
    return this.#helpers.size
  }

  /** Nobody is in it and nobody will come. */
  get gone(): boolean {
    return this.#closed && this.#helpers.size === 0
  }

  wants(member: number): boolean {
    return !this.#closed && !this.job.alone && !this.#declined.has(member)
  }

  /** Before the job is posted: a leader that begins before its helpers are sent would work alone, and take as long as that takes. */
  expect(member: number): void {
    if (this.wants(member)) this.#control.invite(this.memory, this.slot, member)
  }

  /** `send` tells the member to come; the member counts as a helper only when that did not throw. */
  invite(member: number, send: () => void): void {
    this.#control.invite(this.memory, this.slot, member)
    send()
    this.#helpers.add(member)
  }

  recall(member: number): void {
    this.#control.recall(this.memory, this.slot, member)
  }

  left(member: number): void {
    this.#helpers.delete(member)
  }

  /** Who came back before the pool called it was sent home by a leader that is done, or could not come: it is not sent again. */
  decline(member: number): void {
    this.#declined.add(member)
  }

  /** Stops the leader, and with it the team. The order matters: helpers that leave must find the leader stopped. */
  abort(): void {
    this.#control.requestAbort(this.memory, this.slot)
    this.close()
  }

  /** Sends all helpers home and takes no more. Once more does no harm, and reaches whom a late leader let in again. */
  close(): void {
    this.#closed = true
    this.#control.dismiss(this.memory, this.slot)
  }

  bury(member: number): void {
    this.#control.bury?.(this.memory, member)
  }
}
