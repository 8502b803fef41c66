import { sizeOf } from '../core/ir/shape.ts'
import { NetworkError } from '../networks/errors.ts'
import { checkLabels } from '../networks/labels.ts'
import { MemoryStore } from '../networks/memory-store.ts'
import { networkOf, outputsOf } from '../networks/network.ts'
import type { NetworkSpec } from '../networks/spec.ts'
import { NETWORK_ID, type NetworkStore, type StoredNetwork } from '../networks/store.ts'
import type { MadeModel } from './folder.ts'
import { FolderStore } from './folder-store.ts'
import { type GivenNetworks, readGivenNetworks } from './given-networks.ts'
import { madeModel } from './network-card.ts'
import type { OnnxWriter } from './network-onnx.ts'
import type { Registry } from './registry.ts'

/** Each has its spec and its history in memory, however few its weights. */
const MOST_NETWORKS = 1000
/** They are all in memory: half a gigabyte in float64. */
const MOST_WEIGHTS_TOGETHER = 64_000_000

/**
 * The networks that were made here, those of `dataDir` to begin with, as models of the registry. Those that cannot be used, or
 * are called as another model is, are listed as unusable.
 */
export async function openNetworks(
  registry: Registry,
  dataDir: string | undefined,
  onnx?: OnnxWriter,
): Promise<ServedNetworks> {
  const others = new Set(registry.list().map(({ id }) => id))
  if (dataDir === undefined) return new ServedNetworks(registry, new MemoryStore(), 'memory', others)
  const { store, broken } = await FolderStore.open(dataDir, onnx)
  for (const { id, reason } of broken) registry.add({ status: 'unusable', id, reason })
  for (const network of store.list()) {
    const { id } = network
    if (others.has(id))
      registry.add({ status: 'unusable', id, reason: `there is another model called ${id}` })
    else registry.put(madeModel(network, 'disk'))
  }
  return new ServedNetworks(registry, store, 'disk', others)
}

/** A store whose networks are served: the registry follows it. */
export class ServedNetworks implements NetworkStore {
  readonly #registry: Registry
  readonly #store: NetworkStore
  readonly #kept: MadeModel['kept']
  /** networks of model folders, which stay as they are; none until they are read */
  #given: GivenNetworks['networks'] = new Map()
  /** ids of models that were not made here */
  readonly #others: ReadonlySet<string>
  #replaced: (entry: MadeModel) => void = () => {}

  constructor(registry: Registry, store: NetworkStore, kept: MadeModel['kept'], others: ReadonlySet<string>) {
    this.#registry = registry
    this.#store = store
    this.#kept = kept
    this.#others = others
  }

  /** Reads the networks of model folders, to look into. Answers those that cannot be read. */
  async readGiven(): Promise<GivenNetworks['broken']> {
    const { networks, broken } = await readGivenNetworks(this.#registry)
    this.#given = networks
    return broken
  }

  /** Calls `listener` with what is served no longer. */
  onReplaced(listener: (entry: MadeModel) => void): void {
    this.#replaced = listener
  }

  list(): readonly StoredNetwork[] {
    return this.#store.list().filter(({ id }) => !this.#others.has(id))
  }

  get(id: string): StoredNetwork | undefined {
    return this.#others.has(id) ? this.#given.get(id) : this.#store.get(id)
  }

  check({ id, spec, labels }: Pick<StoredNetwork, 'id' | 'spec' | 'labels'>): void {
    this.#refuseOthers(id)
    if (!NETWORK_ID.test(id))
      throw new NetworkError(
        'bad-spec',
        'model',
        `expected an id of up to 64 lower-case letters, digits, dots, dashes or underscores, got ${JSON.stringify(id)}`,
      )
    if (labels) checkLabels(labels, outputsOf(networkOf(spec)))
    this.#checkRoom(id, spec)
  }

  async save(network: StoredNetwork): Promise<void> {
    this.check(network)
    await this.#store.save(network)
    this.#forget(network.id)
    this.#registry.put(madeModel(network, this.#kept))
  }

  async remove(id: string): Promise<boolean> {
    this.#refuseOthers(id)
    if (!NETWORK_ID.test(id))
      throw new NetworkError(
        'taken',
        'model',
        `the folder ${id} has no name of a model: only who made it can remove it`,
      )
    const removed = await this.#store.remove(id)
    this.#forget(id)
    this.#registry.remove(id)
    return removed
  }

  #checkRoom(id: string, spec: NetworkSpec): void {
    const others = this.#store.list().filter((other) => other.id !== id)
    if (others.length >= MOST_NETWORKS)
      throw new NetworkError(
        'no-room',
        'model',
        `at most ${MOST_NETWORKS} networks are kept, and there are as many already`,
      )
    const before = others.reduce((sum, other) => sum + weightsOf(other), 0)
    const own = networkOf(spec).parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    if (before + own > MOST_WEIGHTS_TOGETHER)
      throw new NetworkError(
        'no-room',
        'model',
        `all networks together may have ${MOST_WEIGHTS_TOGETHER} weights; there are ${before} already`,
      )
  }

  #refuseOthers(id: string): void {
    if (this.#others.has(id))
      throw new NetworkError('taken', 'model', `the model ${id} was not made here: it stays as it is`)
  }

  #forget(id: string): void {
    const before = this.#registry.get(id)
    if (before?.status === 'usable' && before.origin === 'made') this.#replaced(before)
  }
}

const weightsOf = ({ parameters }: StoredNetwork): number =>
  parameters.reduce((sum, { length }) => sum + length, 0)
