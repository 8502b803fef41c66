import type { Job } from './job.ts'
import type { FromWorker, IdleAnswer, TaskAnswer } from './messages.ts'
import { Team, type TeamControl } from './team.ts'
import { Thread } from './thread.ts'

type Role =
  /** no thread, or one that has not said hello yet */
  | { readonly type: 'absent' }
  | { readonly type: 'idle' }
  | { readonly type: 'leading'; readonly id: number; readonly job: Job }
  /** `leaving`: the pool recalled or dismissed it, and it has not answered yet; its leader may have dismissed it before */
  | { readonly type: 'helping'; readonly id: number; readonly team: Team; readonly leaving: boolean }

interface MemberEvents {
  readonly hello: (member: Member) => void
  readonly answered: (member: Member, job: Job, answer: TaskAnswer) => void
  /** `uncalled`: before the pool recalled or dismissed it */
  readonly returned: (member: Member, team: Team, uncalled: boolean, answer: IdleAnswer) => void
  /** its thread died; `begun`: it had taken up what it was last assigned */
  readonly lost: (member: Member, role: Role, begun: boolean, cause: Error) => void
}

interface MemberOptions {
  readonly entry: URL
  readonly killAfterMs: number
  readonly events: MemberEvents
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 10_000

/** A numbered seat of the pool: its thread, replaced when it dies, and what that thread is doing. */
export class Member {
  readonly index: number
  readonly #options: MemberOptions
  #role: Role = { type: 'absent' }
  #thread: Thread | undefined
  #ledTeam: Team | undefined
  #crashesInARow = 0
  #restart: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #closed = false

  constructor(index: number, options: MemberOptions) {
    this.index = index
    this.#options = options
    this.#start()
  }

  get role(): Role {
    return this.#role
  }

  /** Free for a task: also the last helper of its former team has left the memory. */
  get free(): boolean {
    return this.#role.type === 'idle' && (this.#ledTeam === undefined || this.#ledTeam.gone)
  }

  /** The team of the job it leads, if that job can have one. */
  get team(): Team | undefined {
    return this.#role.type === 'leading' ? this.#ledTeam : undefined
  }

  /** Whether its thread works with the resource, or is about to. */
  uses(resourceKey: string): boolean {
    const role = this.#role
    if (role.type === 'leading') return role.job.task.resource?.key === resourceKey
    return role.type === 'helping' && role.team.resource.key === resourceKey
  }

  get crashesInARow(): number {
    return this.#crashesInARow
  }

  knows(resourceKey: string): boolean {
    return this.#thread?.knows(resourceKey) ?? false
  }

  /** `expected`: who will be sent to help at once. Throws when the payload cannot be cloned, and stays free then. */
  lead(id: number, job: Job, control: TeamControl, expected: readonly Member[]): void {
    const { team, resource } = job.task
    this.#ledTeam = team && resource && new Team(control, job, this.index, team.memory, resource)
    for (const { index } of expected) this.#ledTeam?.expect(index)
    try {
      job.started()
      this.#live().run(id, job.task)
      this.#role = { type: 'leading', id, job }
    } catch (error) {
      this.#ledTeam?.close()
      throw error
    }
  }

  assist(id: number, team: Team): void {
    team.invite(this.index, () => this.#live().assist(id, team.resource, team.slot))
    this.#role = { type: 'helping', id, team, leaving: false }
  }

  /** Calls a helper back from its team. */
  recall(): void {
    if (this.#role.type === 'helping') this.#role.team.recall(this.index)
    this.leave()
  }

  /** Expects a helper back whose team was dismissed. */
  leave(): void {
    if (this.#role.type !== 'helping' || this.#role.leaving) return
    this.#role = { ...this.#role, leaving: true }
    this.#expectAnswer()
  }

  /** Stops what it leads; the answer comes when the handler has noticed. */
  stop(): void {
    if (this.#role.type !== 'leading') return
    this.#thread?.cancel(this.#role.id)
    this.#ledTeam?.abort()
    this.#expectAnswer()
  }

  forget(resourceKey: string): void {
    this.#thread?.forget(resourceKey)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    clearTimeout(this.#watch)
    this.#role = { type: 'absent' }
    await this.#thread?.close()
  }

  #start(): void {
    this.#thread = new Thread(this.#options.entry, this.index, {
      message: (message) => this.#received(message),
      exit: (cause) => this.#died(cause),
    })
  }

  #received(message: FromWorker): void {
    const role = this.#role
    const { events } = this.#options
    if (message.type === 'hello') {
      if (role.type !== 'absent') return
      this.#rest()
      events.hello(this)
    } else if (message.type === 'idle') {
      if (role.type !== 'helping' || message.id !== role.id) return
      this.#crashesInARow = 0
      role.team.left(this.index)
      this.#rest()
      events.returned(this, role.team, !role.leaving, message)
    } else {
      if (role.type !== 'leading' || message.id !== role.id) return
      this.#crashesInARow = 0
      this.#ledTeam?.close()
      this.#rest()
      events.answered(this, role.job, message)
    }
  }

  #rest(): void {
    clearTimeout(this.#watch)
    this.#watch = undefined
    this.#role = { type: 'idle' }
  }

  /** Killing the thread is the last resort against one that does not answer. */
  #expectAnswer(): void {
    const { killAfterMs } = this.#options
    this.#watch ??= setTimeout(() => {
      this.#thread?.kill(new Error(`the thread did not answer within ${killAfterMs} ms of being stopped`))
    }, killAfterMs)
  }

  #died(cause: Error): void {
    if (this.#closed) return
    const role = this.#role
    const begun = 'id' in role && (this.#thread?.hasBegun(role.id) ?? false)
    if (role.type === 'helping') {
      role.team.left(this.index)
      role.team.bury(this.index)
    } else if (role.type === 'leading') {
      this.#ledTeam?.abort()
      this.#ledTeam?.bury(this.index)
    }
    this.#rest()
    this.#role = { type: 'absent' }
    this.#thread = undefined
    this.#replace(begun)
    this.#options.events.lost(this, role, begun, cause)
  }

  /** At once, but later and later for threads that die in a row without having been given anything to do. */
  #replace(diedAtWork: boolean): void {
    const retries = diedAtWork ? 0 : this.#crashesInARow
    this.#crashesInARow = retries + (diedAtWork ? 0 : 1)
    if (retries === 0) this.#start()
    else {
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (retries - 1), LONGEST_DELAY_MS)
      this.#restart = setTimeout(() => this.#start(), delayMs)
    }
  }

  #live(): Thread {
    if (this.#thread === undefined) throw new Error(`pool worker ${this.index} has no thread`)
    return this.#thread
  }
}
