/**
 * Lets so many in at a time, in the order in which they came. Requests that wait for a thread wait here, before their
 * photo is decoded: a queue of decoded photos would fill the memory.
 */
export class Gate {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(width: number) {
    this.#free = width
  }

  /** Resolves with the way out, to be called once; again it does nothing. Rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#turn(signal)
    let inside = true
    return () => {
      if (inside) this.#next()
      inside = false
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const begin = () => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = () => {
      this.#waiting.delete(begin)
      reject(signal.reason)
    }
    this.#waiting.add(begin)
    signal.addEventListener('abort', giveUp, { once: true })
    return promise
  }

  #next(): void {
    const [begin] = this.#waiting
    if (begin === undefined) this.#free++
    else {
      this.#waiting.delete(begin)
      begin()
    }
  }
}
