import type { Failure } from './failure.ts'

/** What a thread is born with. `control` is shared: see the two words below. */
export interface WorkerStart {
  readonly workerIndex: number
  readonly control: SharedArrayBuffer
}

/** Word of `control`: the id of the last assignment that was cancelled. Written by the pool. */
export const CANCELLED_ID = 0
/** Word of `control`: the id of the last assignment that the thread took up. Written by the thread. */
export const BEGUN_ID = 1
export const CONTROL_WORDS = 2

/** Ids number the assignments of the whole pool, tasks and assistances alike, and fit an i32. */
export interface TaskMessage<Name = string, Payload = unknown> {
  readonly type: 'task'
  readonly id: number
  readonly name: Name
  readonly payload: Payload
  readonly resourceKey: string | undefined
}

/** Help the worker `slot`, the leader, until recalled or dismissed through the memory in the resource. */
export interface AssistMessage {
  readonly type: 'assist'
  readonly id: number
  readonly resourceKey: string
  readonly slot: number
}

/** Precedes the first task or assistance with this key. */
export interface ResourceMessage<Resource = unknown> {
  readonly type: 'resource'
  readonly key: string
  readonly value: Resource
}

export interface ForgetMessage {
  readonly type: 'forget'
  readonly key: string
}

/** A thread has one task or assistance at a time: the pool sends the next after the answer to the last. */
export type ToWorker<Name = string, Payload = unknown, Resource = unknown> =
  | TaskMessage<Name, Payload>
  | AssistMessage
  | ResourceMessage<Resource>
  | ForgetMessage

/** Answers a task. */
export type TaskAnswer =
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }

/** Answers an assistance. `failure`: the helper could not open the resource and never joined. */
export interface IdleAnswer {
  readonly type: 'idle'
  readonly id: number
  readonly failure: Failure | undefined
}

export type FromWorker = { readonly type: 'hello' } | TaskAnswer | IdleAnswer
