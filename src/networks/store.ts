import type { Parameters } from './network.ts'
import type { NetworkSpec } from './spec.ts'
import type { EpochRecord } from './state.ts'
import type { TrainingSpec } from './training.ts'

/** A network with its weights, and how it came by them. */
export interface StoredNetwork {
  readonly id: string
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  /** of the classes, where they have names */
  readonly labels?: readonly string[] | undefined
  readonly history: readonly EpochRecord[]
  readonly training?: TrainingSpec | undefined
}

/** Where networks are kept. */
export interface NetworkStore {
  list(): readonly StoredNetwork[]
  get(id: string): StoredNetwork | undefined
  /** in place of an earlier one of the same id */
  save(network: StoredNetwork): Promise<void>
  remove(id: string): Promise<void>
}
