import { Job } from './job.ts'

/** Whether two jobs may run together. */
export const mayJoin = (job: Job, other: Job): boolean =>
  job.task.joint !== undefined &&
  job.task.joint.key === other.task.joint?.key &&
  job.task.name === other.task.name &&
  job.task.resource?.key === other.task.resource?.key &&
  job.priority === other.priority &&
  ![job, other].some(({ apart, repeatable }) => apart || !repeatable)

/**
 * Several jobs that a worker runs as one. When that fails, `fallApart` gets those that somebody still waits for, to be run one by one: what
 * is wrong with one is no concern of the others.
 */
export class JointJob extends Job {
  override readonly apart = true
  readonly #parts: readonly Job[]

  /** Throws TypeError for a payload that is no list. */
  constructor(parts: readonly [Job, ...Job[]], fallApart: (parts: readonly Job[]) => void) {
    const [{ task, priority }] = parts
    const payloads = parts.map((part) => listOf(part.task.payload))
    const reject = () => {
      const left = parts.filter(({ settled }) => !settled)
      for (const part of left) {
        part.joint = undefined
        part.apart = true
      }
      fallApart(left)
    }
    super({ ...task, payload: payloads.flat() }, priority, {
      resolve: ({ result }) => {
        if (!Array.isArray(result)) return reject()
        const answers = result.values()
        payloads.forEach(({ length }, i) => void parts[i]?.resolve([...answers.take(length)]))
      },
      reject,
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

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError('tasks that run together take lists and answer lists')
}
