import { Queue } from '../pool/queue.ts'
import type { Priority } from '../pool/task.ts'

interface Waiting {
  readonly priority: Priority
  readonly begin: () => void
}

/**
 * Lets so many in at a time, by priority, then in the order in which they came. Requests that wait for a thread wait here,
 * before their photo is decoded: a queue of decoded photos would fill the memory. Batch requests take at most `batchWidth`
 * of the places: a quick one must not find the last place taken by one that only waits for its thread.
 */
export class Gate {
  readonly #width: number
  readonly #batchWidth: number
  readonly #inside: { readonly [P in Priority]: Set<Waiting> } = { interactive: new Set(), batch: new Set() }
  readonly #waiting = new Queue<Waiting>()

  constructor(width: number, batchWidth = width) {
    this.#width = width
    this.#batchWidth = batchWidth
  }

  /** Resolves with the way out, to be called once; again it does nothing. Rejects with the signal's reason. */
  async enter(signal: AbortSignal, priority: Priority = 'interactive'): Promise<() => void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = { priority, begin: resolve }
    const giveUp = () => {
      this.#waiting.remove(waiting)
      reject(signal.reason)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#waiting.push(waiting)
    this.#admit()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    return () => {
      if (this.#inside[priority].delete(waiting)) this.#admit()
    }
  }

  #admit(): void {
    const { interactive, batch } = this.#inside
    while (interactive.size + batch.size < this.#width) {
      const next = this.#waiting.shift({ batch: batch.size < this.#batchWidth ? 'comes' : 'stays' })
      if (next === undefined) return
      this.#inside[next.priority].add(next)
      next.begin()
    }
  }
}
