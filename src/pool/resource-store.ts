interface Lifecycle<Resource, Opened> {
  readonly onResource: (value: Resource, workerIndex: number) => Opened
  readonly onForget?: (opened: Opened, key: string) => void
}

interface Entry<Resource, Opened> {
  readonly value: Resource
  opened?: { readonly resource: Opened }
}

/** A thread's resources. They are opened when first needed, so that a failure meets the task that needs it. */
export class ResourceStore<Resource, Opened> {
  readonly #lifecycle: Lifecycle<Resource, Opened>
  readonly #workerIndex: number
  readonly #entries = new Map<string, Entry<Resource, Opened>>()

  constructor(lifecycle: Lifecycle<Resource, Opened>, workerIndex: number) {
    this.#lifecycle = lifecycle
    this.#workerIndex = workerIndex
  }

  put(key: string, value: Resource): void {
    this.#entries.set(key, { value })
  }

  open(key: string): Opened {
    const entry = this.#entries.get(key)
    if (entry === undefined) throw new Error(`the resource ${key} was never sent to this thread`)
    entry.opened ??= { resource: this.#lifecycle.onResource(entry.value, this.#workerIndex) }
    return entry.opened.resource
  }

  forget(key: string): void {
    const opened = this.#entries.get(key)?.opened
    this.#entries.delete(key)
    if (opened) this.#lifecycle.onForget?.(opened.resource, key)
  }
}
