import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { missing } from '../networks/files.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { NETWORK_FILE, readNetworkFolder } from './network-files.ts'
import { type Registry, reasonOf } from './registry.ts'

/** What of model folders can be looked into: those that hold a network as this service writes it. */
export interface GivenNetworks {
  readonly networks: ReadonlyMap<string, StoredNetwork>
  /** models that can be run all the same */
  readonly broken: readonly { readonly id: string; readonly reason: string }[]
}

/** Reads the networks beside the ONNX files of built-in folders and of MODELS_DIR. */
export async function readGivenNetworks(registry: Registry): Promise<GivenNetworks> {
  const networks = new Map<string, StoredNetwork>()
  const broken: { id: string; reason: string }[] = []
  for (const entry of registry.list()) {
    if (entry.status !== 'usable' || entry.origin === 'made' || registry.get(entry.id) !== entry) continue
    const { id, folder, labels } = entry
    try {
      if (!(await stat(join(folder, NETWORK_FILE)).catch(missing))) continue
      networks.set(id, { ...(await readNetworkFolder(folder)), id, labels })
    } catch (error) {
      broken.push({ id, reason: reasonOf(error) })
    }
  }
  return { networks, broken }
}
