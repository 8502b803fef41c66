import type { NetworkStore, StoredNetwork } from './store.ts'

/** Networks that are gone with the process. */
export function memoryStore(networks: readonly StoredNetwork[] = []): NetworkStore {
  const byId = new Map(networks.map((network) => [network.id, network]))
  return {
    list: () => [...byId.values()],
    get: (id) => byId.get(id),
    save: async (network) => {
      byId.set(network.id, network)
    },
    remove: async (id) => byId.delete(id),
  }
}
