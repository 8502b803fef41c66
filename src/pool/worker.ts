import { parentPort, type Transferable, workerData } from 'node:worker_threads'
import { failureOf } from './failure.ts'
import {
  type AssistMessage,
  BEGUN_ID,
  CANCELLED_ID,
  type FromWorker,
  type TaskMessage,
  type ToWorker,
  type WorkerStart,
} from './messages.ts'
import { ResourceStore } from './resource-store.ts'
import type { TaskMap } from './task.ts'

/** What a handler gets besides its payload. */
export interface TaskContext<Opened> {
  readonly workerIndex: number
  /** what `onResource` made of the task's resource; throws when the task came without one */
  readonly resource: Opened
  /** whether the pool has given up on this task */
  readonly cancelled: () => boolean
}

/** A result of which parts are moved to the main thread instead of copied; see `moving`. */
export class Moved<Result> {
  readonly result: Result
  readonly transfer: readonly Transferable[]

  constructor(result: Result, transfer: readonly Transferable[]) {
    this.result = result
    this.transfer = transfer
  }
}

/** For a handler's answer: `return moving({ map }, [map.buffer])`. Shared memory cannot be moved. */
export const moving = <Result>(result: Result, transfer: readonly Transferable[]): Moved<Result> =>
  new Moved(result, transfer)

type Answer<Result> = Result | Moved<Result>

export type TaskHandlers<Tasks extends TaskMap<Tasks>, Opened> = {
  readonly [Name in keyof Tasks]: (
    payload: Tasks[Name]['payload'],
    context: TaskContext<Opened>,
  ) => Answer<Tasks[Name]['result']> | Promise<Answer<Tasks[Name]['result']>>
}

/** What an entry module makes of its thread. Handlers may throw: the caller gets the error, see `failureOf`. */
export interface WorkerDefinition<Tasks extends TaskMap<Tasks>, Resource, Opened> {
  readonly handlers: TaskHandlers<Tasks, Opened>
  /** What a shared value becomes in this thread. Called by the first task or assistance that needs it, then remembered. */
  readonly onResource: (value: Resource, workerIndex: number) => Opened
  readonly onForget?: (opened: Opened, key: string) => void
  /** Blocks until recalled or dismissed. If it throws, the thread dies: its team cannot know how far it came. */
  readonly assist: (opened: Opened, slot: number, member: number) => void
  /**
   * Sends home who assists the leader of `slot`, this thread, if anyone does: after a task of this resource that succeeded and before its
   * answer, so that they are free when that comes. After one that failed the pool sends them home.
   */
  readonly dismiss: (opened: Opened, slot: number) => void
}

/** Makes this thread a worker of the pool that started it. The last statement of the pool's entry module. */
export function serveTasks<Tasks extends TaskMap<Tasks>, Resource, Opened>(
  definition: WorkerDefinition<Tasks, Resource, Opened>,
): void {
  const port = parentPort
  if (port === null) throw new Error('serveTasks works only in a thread that a pool has started')
  type Name = keyof Tasks & string
  const { handlers } = definition
  const { workerIndex, control }: WorkerStart = workerData
  const words = new Int32Array(control)
  const resources = new ResourceStore(definition, workerIndex)
  const post = (message: FromWorker, transfer: Transferable[] = []) => port.postMessage(message, transfer)

  const runTask = async ({ id, name, payload, resourceKey }: TaskMessage<Name, Tasks[Name]['payload']>) => {
    try {
      if (!Object.hasOwn(handlers, name)) throw new TypeError(`no handler for the task ${name}`)
      const opened = resourceKey === undefined ? undefined : { resource: resources.open(resourceKey) }
      const context: TaskContext<Opened> = {
        workerIndex,
        get resource() {
          if (opened === undefined) throw new TypeError(`the task ${name} came without a resource`)
          return opened.resource
        },
        cancelled: () => Atomics.load(words, CANCELLED_ID) === id,
      }
      const answer = await handlers[name](payload, context)
      if (opened) definition.dismiss(opened.resource, workerIndex)
      if (answer instanceof Moved) post({ type: 'done', id, result: answer.result }, [...answer.transfer])
      else post({ type: 'done', id, result: answer })
    } catch (error) {
      post({ type: 'failed', id, failure: failureOf(error) })
    }
  }

  const assist = ({ id, resourceKey, slot }: AssistMessage) => {
    let opened: Opened
    try {
      opened = resources.open(resourceKey)
    } catch (error) {
      return post({ type: 'idle', id, failure: failureOf(error) })
    }
    definition.assist(opened, slot, workerIndex)
    post({ type: 'idle', id, failure: undefined })
  }

  port.on('message', (message: ToWorker<Name, Tasks[Name]['payload'], Resource>) => {
    if (message.type === 'resource') return resources.put(message.key, message.value)
    if (message.type === 'forget') return resources.forget(message.key)
    Atomics.store(words, BEGUN_ID, message.id)
    if (message.type === 'task') return runTask(message)
    return assist(message)
  })
  post({ type: 'hello' })
}
