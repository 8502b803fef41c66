import type { NetworkStore, StoredNetwork } from './store.ts'

/** Networks that are gone with the process. */
export function memoryStore(): NetworkStore {
  const networks = new Map<string, StoredNetwork>()
  return {
    list: () => [...networks.values()],
    get: (id) => networks.get(id),
    save: async (network) => {
      networks.set(network.id, network)
    },
    remove: async (id) => {
      networks.delete(id)
    },
  }
}
