const BEGUN = 0
const OPEN = 1
const POLL_MS = 10

/** Lets a test hold a handler: the handler says that it has begun, the test lets it go. Crosses threads as its buffer. */
export class Gate {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** For the test: resolves when a handler stands at the gate. */
  async begun(): Promise<void> {
    await Atomics.waitAsync(this.#words, BEGUN, 0).value
  }

  get hasBegun(): boolean {
    return Atomics.load(this.#words, BEGUN) === 1
  }

  open(): void {
    Atomics.store(this.#words, OPEN, 1)
    Atomics.notify(this.#words, OPEN)
  }

  /** For the handler: blocks until the gate is open (true) or `stopped` says so (false). */
  pass(stopped: () => boolean): boolean {
    Atomics.store(this.#words, BEGUN, 1)
    Atomics.notify(this.#words, BEGUN)
    while (Atomics.load(this.#words, OPEN) === 0) {
      if (stopped()) return false
      Atomics.wait(this.#words, OPEN, 0, POLL_MS)
    }
    return true
  }
}
