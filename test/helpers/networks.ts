import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'

/** A network before training, as the store has it. */
export function stored(id: string, json: unknown): StoredNetwork {
  const network = networkOf(readSpec(json))
  return { id, spec: network.spec, parameters: initialParameters(network), history: [], diagnostics: [] }
}
