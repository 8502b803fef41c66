import type { Parameters } from './network.ts'
import type { NetworkSpec } from './spec.ts'
import type { EpochRecord } from './state.ts'
import type { TrainingSpec } from './training.ts'

/** A network that was made here, trained or not. */
export interface StoredNetwork {
  readonly id: string
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  readonly labels?: readonly string[]
  readonly history: readonly EpochRecord[]
  /** how it was trained last */
  readonly training?: TrainingSpec
}

/** The networks of this service. */
export interface NetworkStore {
  list(): readonly StoredNetwork[]
  get(id: string): StoredNetwork | undefined
  save(network: StoredNetwork): Promise<void>
  /** whether it was there */
  remove(id: string): Promise<boolean>
}
