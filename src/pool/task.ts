import type { Transferable } from 'node:worker_threads'

/** Names the tasks of a service with what goes in and what comes out: `interface Tasks { predict: {payload, result} }`. */
export type TaskMap<Tasks> = { [Name in keyof Tasks]: { payload: unknown; result: unknown } }

/**
 * Something large that tasks share, a model's graph and memory say. A worker gets `value` by the first task with that key
 * and keeps it until the pool forgets the key; one key stands for one value until then.
 */
export interface SharedResource<Resource = unknown> {
  readonly key: string
  readonly value: Resource
}

/** Marks a task that idle workers can help with: they meet in this memory. Helpers need the task's resource too. */
export interface TeamMemory {
  readonly memory: WebAssembly.Memory
}

type Sharing<Resource> =
  | { readonly resource?: never; readonly team?: never }
  | { readonly resource: SharedResource<Resource>; readonly team?: TeamMemory }

/**
 * Marks a task that may run together with others: with those of the same name, resource and priority that say the same `key`. Its payload
 * and its result are lists, an answer for each item, or it runs alone; a worker gets several tasks as one with their lists in a row.
 */
export interface Joint {
  readonly key: string
  /** tasks that run together, at most */
  readonly most: number
}

/** `transfer` moves parts of the payload instead of copying them; such a task cannot be run a second time. */
export type Task<Name extends string = string, Payload = unknown, Resource = unknown> = {
  readonly name: Name
  readonly payload: Payload
  readonly transfer?: readonly Transferable[]
  readonly joint?: Joint
} & Sharing<Resource>

/**
 * `queueMs` from `run` to the start on a worker, `runMs` from there to the answer, both seen from the main thread; of tasks that ran
 * together, each one's share.
 */
export interface Outcome<Result> {
  readonly result: Result
  readonly queueMs: number
  readonly runMs: number
}

/**
 * `interactive` tasks start before `batch` tasks, but only a few of them while one waits; within a priority the oldest
 * starts first.
 */
export type Priority = 'interactive' | 'batch'

/** Of one place, and so of one request. */
export interface RunOptions {
  /** gives the place back and cancels what runs in it: the caller has gone, or its deadline has passed (TimeoutError) */
  readonly signal?: AbortSignal | undefined
  readonly priority?: Priority | undefined
  /** held for good, by no request: it counts for nobody's waiting time */
  readonly standing?: boolean | undefined
}
