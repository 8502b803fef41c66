import type { Backend } from '../../src/core/backend.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { wasmBackend } from './wasm-backend.ts'

export interface BackendCase {
  readonly name: string
  /** a backend for one model */
  readonly create: () => Backend
  /** relative error allowed against numbers computed elsewhere */
  readonly tolerance: number
}

/** Every backend that runs graphs: suites run once for each. */
export const backends: readonly BackendCase[] = [
  { name: 'reference', create: () => referenceBackend, tolerance: 1e-6 },
  { name: 'wasm', create: wasmBackend, tolerance: 1e-4 },
]
