import type { NetworkStore, StoredNetwork } from './store.ts'

/** Networks that live as long as the process. */
export class MemoryStore implements NetworkStore {
  readonly #networks = new Map<string, StoredNetwork>()

  list(): readonly StoredNetwork[] {
    return [...this.#networks.values()]
  }

  get(id: string): StoredNetwork | undefined {
    return this.#networks.get(id)
  }

  /** Takes every network. */
  check(): void {}

  async save(network: StoredNetwork): Promise<void> {
    this.#networks.set(network.id, network)
  }

  async remove(id: string): Promise<boolean> {
    return this.#networks.delete(id)
  }
}
