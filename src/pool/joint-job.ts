import { Job } from './job.ts'

/** Whether two jobs may run together. */
export const mayJoin = (job: Job, other: Job): boolean =>
  job.task.joint !== undefined &&
  job.task.joint.key === other.task.joint?.key &&
  job.task.name === other.task.name &&
  job.task.resource?.key === other.task.resource?.key &&
  job.priority === other.priority &&
  [job, other].every(isJoinable)

const isJoinable = ({ task, apart, alone, repeatable }: Job): boolean =>
  Array.isArray(task.payload) && !apart && !alone && repeatable

/**
 * Several jobs that a worker runs as one. When that fails, `fallApart` gets those that somebody still waits for, to be run one by one: what
 * is wrong with one is no concern of the others.
 */
export class JointJob extends Job {
  override readonly apart = true
  readonly #parts: readonly Job[]

  constructor(parts: readonly [Job, ...Job[]], fallApart: (parts: readonly Job[]) => void) {
    const [{ task, priority }] = parts
    const lists = parts.map((part) => [part.task.payload].flat())
    const payload = lists.flat()
    super({ ...task, payload }, priority, {
      resolve: ({ result }) => {
        if (!Array.isArray(result) || result.length !== payload.length) {
          const error = new TypeError(`the task ${task.name} did not answer each of ${payload.length} items`)
          for (const part of parts) part.reject(error)
          return
        }
        const answers = result.values()
        lists.forEach(({ length }, i) => void parts[i]?.resolve([...answers.take(length)]))
      },
      reject: () => {
        const left = parts.filter(({ settled }) => !settled)
        for (const part of left) {
          part.joint = undefined
          part.apart = true
          part.alone = this.alone
        }
        fallApart(left)
      },
    })
    this.#parts = parts
    for (const part of parts) part.joint = this
  }

  override get waiting(): number {
    return this.#parts.filter(({ settled }) => !settled).length
  }

  override started(): void {
    super.started()
    for (const part of this.#parts) part.started(this.#parts.length)
  }
}
