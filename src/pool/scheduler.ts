import { PoolError } from './errors.ts'
import { errorOf, type Failure } from './failure.ts'
import type { Job } from './job.ts'
import { JointJob, mayJoin } from './joint-job.ts'
import type { PoolLogger } from './logger.ts'
import { Member } from './member.ts'
import type { IdleAnswer, TaskAnswer } from './messages.ts'
import { Queue } from './queue.ts'
import type { Team, TeamControl } from './team.ts'

interface SchedulerOptions {
  readonly workers: number
  readonly entry: URL
  readonly control: TeamControl
  readonly logger: PoolLogger
  readonly killAfterMs: number
}

/** So many threads of one seat must die in a row, without work in between, before the start counts as failed. */
const FAILED_STARTS = 3
const LARGEST_ID = 2 ** 31 - 1

/**
 * Who does what. Whenever something changes: tasks that wait go to free workers; if some still wait, helpers are recalled
 * for them; if none wait, free workers help the running tasks that have the fewest helpers.
 */
export class Scheduler {
  readonly ready: Promise<void>
  readonly #options: SchedulerOptions
  readonly #members: readonly Member[]
  readonly #queue = new Queue<Job>()
  readonly #started = new Set<Member>()
  /** keys that were forgotten while a task or a helper still needed them */
  readonly #forgotten = new Set<string>()
  readonly #readiness = Promise.withResolvers<void>()
  #lastId = 0
  #crashed = 0
  #closed = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.ready = this.#readiness.promise
    // who does not wait for `ready` shall not die of it
    this.ready.catch(() => {})
    // Of what arrived together the event loop reads first what older threads said, which are those of the last seats until one is
    // replaced: helpers of the first seat are back before its answer, and the next task need not wait for them.
    const last = options.workers - 1
    this.#members = Array.from({ length: options.workers }, (_, i) => this.#newMember(last - i)).toReversed()
  }

  get stats() {
    const roles = this.#members.map((member) => member.role)
    return {
      workers: roles.filter((role) => role.type !== 'absent').length,
      busy: roles.filter((role) => role.type === 'leading').length,
      helping: roles.filter((role) => role.type === 'helping').length,
      queued: this.#queue.size,
      running: roles.reduce((sum, role) => sum + (role.type === 'leading' ? role.job.waiting : 0), 0),
      crashed: this.#crashed,
    }
  }

  submit(job: Job): void {
    this.#queue.push(job)
    this.#schedule()
  }

  /** Rejects the job at once. Its worker is free again when it has noticed. */
  cancel(job: Job, error: PoolError): void {
    if (job.settled) return
    job.reject(error)
    const { joint = job } = job
    if (joint.waiting > 0) return
    joint.reject(error)
    if (this.#queue.remove(joint)) this.#dropUnused()
    else {
      this.#members.find(({ role }) => role.type === 'leading' && role.job === joint)?.stop()
      this.#expectHelpersOf(joint)
    }
  }

  /** Threads drop the resource as soon as nothing that carries its key waits or runs. */
  forget(resourceKey: string): void {
    this.#forgotten.add(resourceKey)
    this.#dropUnused()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#readiness.reject(new PoolError('draining', 'the pool was closed before all workers had started'))
    await Promise.all(this.#members.map((member) => member.close()))
  }

  #newMember(index: number): Member {
    const { entry, killAfterMs } = this.#options
    const events = {
      hello: (member: Member) => this.#greeted(member),
      answered: (_member: Member, job: Job, answer: TaskAnswer) => this.#answered(job, answer),
      returned: this.#returned.bind(this),
      lost: this.#lost.bind(this),
    }
    return new Member(index, { entry, killAfterMs, events })
  }

  #schedule(): void {
    if (this.#closed) return
    this.#startWaiting()
    if (this.#queue.size > 0) this.#recallHelpers()
    else this.#sendHelpers()
    this.#dropUnused()
  }

  #dropUnused(): void {
    for (const key of this.#forgotten) {
      if (this.#members.some((member) => member.uses(key))) continue
      if (this.#queue.values().some((job) => job.task.resource?.key === key)) continue
      this.#forgotten.delete(key)
      for (const member of this.#members) member.forget(key)
    }
  }

  #startWaiting(): void {
    for (let free = this.#free(); free.length > 0; free = this.#free()) {
      const next = this.#queue.shift()
      if (next === undefined) return
      const key = next.task.resource?.key
      const member = free.find((candidate) => key !== undefined && candidate.knows(key)) ?? free[0]
      try {
        const job = this.#inCompany(next)
        // who stays free is about to be sent to it
        const others = this.#queue.size === 0 ? free.filter((other) => other !== member) : []
        member?.lead(this.#nextId(), job, this.#options.control, others)
      } catch (error) {
        const { joint = next } = next
        joint.reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  /** The job, as one with those that wait and may join it. */
  #inCompany(job: Job): Job {
    const company = this.#queue.values().filter((other) => mayJoin(job, other))
    const others = [...company.take((job.task.joint?.most ?? 1) - 1)]
    if (others.length === 0) return job
    const joint = new JointJob([job, ...others], (parts) => {
      for (const part of parts) this.#queue.putBack(part)
    })
    for (const other of others) this.#queue.remove(other)
    return joint
  }

  /** One for each task that waits, less those on their way; from the largest team first. */
  #recallHelpers(): void {
    const helpers = this.#members.flatMap((member) =>
      member.role.type === 'helping' ? [{ member, ...member.role }] : [],
    )
    const staying = helpers.filter((helper) => !helper.leaving).sort((a, b) => b.team.size - a.team.size)
    const missing = this.#queue.size - (helpers.length - staying.length)
    for (const { member } of staying.slice(0, Math.max(0, missing))) member.recall()
  }

  #sendHelpers(): void {
    for (const member of this.#free()) {
      const teams = this.#members.flatMap((leader) => leader.team ?? [])
      const [team] = teams.filter((open) => open.wants(member.index)).sort((a, b) => a.size - b.size)
      if (team === undefined) continue
      try {
        member.assist(this.#nextId(), team)
      } catch (error) {
        team.decline(member.index)
        this.#options.logger.error({ err: error, worker: member.index }, 'a helper could not be sent')
      }
    }
  }

  #free(): Member[] {
    return this.#members.filter((member) => member.free)
  }

  /** After a team was dismissed: its helpers are on their way back. */
  #expectHelpersOf(job: Job): void {
    for (const member of this.#members)
      if (member.role.type === 'helping' && member.role.team.job === job) member.leave()
  }

  #greeted(member: Member): void {
    this.#started.add(member)
    if (this.#started.size === this.#members.length) this.#readiness.resolve()
    this.#schedule()
  }

  #answered(job: Job, answer: TaskAnswer): void {
    this.#expectHelpersOf(job)
    if (answer.type === 'done') job.resolve(answer.result)
    else if (!job.settled) this.#failed(job, answer.failure)
    this.#schedule()
  }

  #failed(job: Job, failure: Failure): void {
    const helperLost = job.helperLost || (failure.type === 'core' && failure.kind === 'team-lost')
    if (helperLost && !job.alone) this.#repeatAlone(job)
    else {
      const { logger } = this.#options
      if (job instanceof JointJob)
        logger.warn({ task: job.task.name, failure }, 'tasks failed that ran together: they run one by one')
      else if (failure.type === 'internal')
        logger.error({ task: job.task.name, stack: failure.description }, 'a task failed')
      job.reject(errorOf(failure, job.task.name))
    }
  }

  /** A helper's death says nothing against the request: its leader can do the work without anyone. */
  #repeatAlone(job: Job): void {
    job.alone = true
    if (job.repeatable) this.#queue.putBack(job)
    else job.reject(new PoolError('worker-crashed', 'a thread that helped with this task died'))
  }

  #returned(member: Member, team: Team, uncalled: boolean, { failure }: IdleAnswer): void {
    if (uncalled) team.decline(member.index)
    if (failure)
      this.#options.logger.warn({ failure, worker: member.index }, 'a helper could not open the resource')
    this.#schedule()
  }

  #lost(member: Member, role: Member['role'], begun: boolean, cause: Error): void {
    this.#crashed += 1
    this.#options.logger.error({ err: cause, worker: member.index, role: role.type }, 'a pool worker died')
    if (role.type === 'leading') this.#leaderLost(role.job, begun, cause)
    if (role.type === 'helping' && begun) this.#helperLost(role.team)
    if (member.crashesInARow >= FAILED_STARTS && !this.#started.has(member))
      this.#readiness.reject(
        new PoolError('worker-crashed', `pool worker ${member.index} dies at its start`, { cause }),
      )
    this.#schedule()
  }

  #leaderLost(job: Job, begun: boolean, cause: Error): void {
    this.#expectHelpersOf(job)
    if (job.settled) return
    if (job.helperLost && !job.alone) this.#repeatAlone(job)
    else if (!begun && job.repeatable) this.#queue.putBack(job)
    else
      job.reject(
        new PoolError('worker-crashed', `the thread died during the task ${job.task.name}`, { cause }),
      )
  }

  /** The leader may be waiting for the dead one: it is stopped, and its answer (or its own end) repeats the job. */
  #helperLost(team: Team): void {
    const leader = this.#members.find((member) => member.team === team)
    if (leader === undefined) return
    team.job.helperLost = true
    leader.stop()
    this.#expectHelpersOf(team.job)
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % LARGEST_ID) + 1
    return this.#lastId
  }
}
