import type { Parameters } from './network.ts'
import type { Diagnostics, EpochRecord } from './records.ts'
import type { NetworkSpec } from './spec.ts'

import type { TrainingSpec } from './training.ts'

/** A network with its weights, as it is kept. Plain data: it crosses threads. */
export interface StoredNetwork {
  /** see `NETWORK_ID` */
  readonly id: string
  readonly spec: NetworkSpec
  /** in the network's order; float64 ones stay so */
  readonly parameters: Parameters
  /** names of the classes, where they have any; see `classesOfOutputs` */
  readonly labels?: readonly string[] | undefined
  /** of its training, epoch by epoch; empty before it */
  readonly history: readonly EpochRecord[]
  /** of its layers, now and then while it was trained */
  readonly diagnostics: readonly Diagnostics[]
  /** how it was trained last */
  readonly training?: TrainingSpec | undefined
}

/** The networks that were made here. What is saved is served at once, as any other model. */
export interface NetworkStore {
  list(): readonly StoredNetwork[]
  /** Also of model folders that hold one, to look into. */
  get(id: string): StoredNetwork | undefined
  /** Throws NetworkError for a network that cannot be kept: before it is trained, say, rather than afterwards. */
  check(network: Pick<StoredNetwork, 'id' | 'spec' | 'labels'>): void
  /** Keeps a network, in place of one of the same id. Rejects as `check` throws. */
  save(network: StoredNetwork): Promise<void>
  /** Whether there was one. */
  remove(id: string): Promise<boolean>
}

/** Names of networks: of folders too, so nothing that leads elsewhere. */
export const NETWORK_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/
