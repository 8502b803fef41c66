import { Worker } from 'node:worker_threads'
import {
  BEGUN_ID,
  CANCELLED_ID,
  CONTROL_WORDS,
  type FromWorker,
  type ToWorker,
  type WorkerStart,
} from './messages.ts'
import type { SharedResource, Task } from './task.ts'

interface ThreadEvents {
  readonly message: (message: FromWorker) => void
  /** the last event; `cause` says why, as far as Node knows */
  readonly exit: (cause: Error) => void
}

/** One worker thread from birth to death, and what it has been sent. Posting throws when a value cannot be cloned. */
export class Thread {
  readonly #worker: Worker
  readonly #control: Int32Array
  readonly #known = new Set<string>()
  #cause: Error | undefined
  #dying = false

  constructor(entry: URL, workerIndex: number, events: ThreadEvents) {
    const control = new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT)
    this.#control = new Int32Array(control)
    const workerData: WorkerStart = { workerIndex, control }
    this.#worker = new Worker(entry, { workerData, name: `pool worker ${workerIndex}` })
    this.#worker.on('message', (message: FromWorker) => {
      if (!this.#dying) events.message(message)
    })
    this.#worker.on('messageerror', (error) => this.kill(error))
    this.#worker.on('error', (error) => {
      this.#cause ??= error instanceof Error ? error : new Error(String(error))
    })
    this.#worker.on('exit', (code) => events.exit(this.#cause ?? new Error(`the thread exited with ${code}`)))
  }

  knows(resourceKey: string): boolean {
    return this.#known.has(resourceKey)
  }

  run(id: number, task: Task): void {
    const { name, payload, resource, transfer } = task
    if (resource !== undefined) this.#share(resource)
    this.#post({ type: 'task', id, name, payload, resourceKey: resource?.key }, transfer)
  }

  assist(id: number, resource: SharedResource, slot: number): void {
    this.#share(resource)
    this.#post({ type: 'assist', id, resourceKey: resource.key, slot })
  }

  forget(key: string): void {
    if (this.#known.delete(key)) this.#post({ type: 'forget', key })
  }

  cancel(id: number): void {
    Atomics.store(this.#control, CANCELLED_ID, id)
  }

  hasBegun(id: number): boolean {
    return Atomics.load(this.#control, BEGUN_ID) === id
  }

  /** Its messages are ignored from now on: an answer would make it look fit for work. */
  kill(cause: Error): void {
    this.#cause ??= cause
    void this.close()
  }

  async close(): Promise<void> {
    this.#dying = true
    await this.#worker.terminate()
  }

  #share({ key, value }: SharedResource): void {
    if (this.#known.has(key)) return
    this.#post({ type: 'resource', key, value })
    this.#known.add(key)
  }

  #post(message: ToWorker, transfer: Task['transfer'] = []): void {
    this.#worker.postMessage(message, transfer)
  }
}
