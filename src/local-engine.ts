import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { type Config, ConfigError } from './config.ts'
import { kernelNames } from './core/kernels/list.ts'
import { checkedKernels } from './core/wasm/checked-kernels.ts'
import { createModelMemory, releaseLock } from './core/wasm/memory.ts'
import type { KernelModule } from './core/wasm/module.ts'
import { dismiss, invite, openSlot, recall, requestAbort } from './core/wasm/team.ts'
import type { Engine, ListedModel, Place, Ran, ServedModel } from './engine.ts'
import { findLayer } from './explain/loaded.ts'
import { LoadCache } from './models/cache.ts'
import { type ModelEntry, type Registry, readRegistry, type UsableModel } from './models/registry.ts'
import type { Admission } from './pool/admission.ts'
import { createPool, type Pool } from './pool/pool.ts'
import type { SharedModel, Tasks } from './tasks.ts'

const BUILT_IN_MODELS = fileURLToPath(new URL('../models/', import.meta.url))
/** The engine's own place in the queue: a model is loaded for all who ask, whoever of them stays. */
const LOADING_PLACES = 1
const WORKER_ENTRY = new URL('worker.ts', import.meta.url)

/** The engine on this machine's threads. `started` settles when it is ready, or rejects with what prevents that. */
export interface LocalEngine extends Engine {
  readonly started: Promise<void>
}

interface LocalEngineOptions {
  readonly config: Config
  readonly logger: Logger
}

/** Reads the models, checks the kernels, starts the threads. Throws CardError for a bad built-in card. */
export async function createLocalEngine({ config, logger }: LocalEngineOptions): Promise<LocalEngine> {
  const registry = await readRegistry(BUILT_IN_MODELS, config.modelsDir)
  for (const entry of registry.list())
    if (entry.status === 'unusable')
      logger.warn({ model: entry.id, reason: entry.reason }, 'a model cannot be used')
  const { kernels, rejected } = checkedKernels()
  if (rejected.length > 0)
    logger.warn({ kernels: rejected }, 'kernels failed their self-test: using the plain ones')
  const cache = new LoadCache<CachedModel>(config.cacheBytes, ({ key }) => pool.forget(key))
  const bury = (memory: WebAssembly.Memory, worker: number) => {
    releaseLock(memory, worker)
    // The dead thread's arena stays taken in it, and nobody knows what it was about to write: load anew.
    cache.dropWhere(({ shared }) => shared.memory === memory)
  }
  const pool = createPool<Tasks, SharedModel>({
    workers: config.workers,
    queueLimit: config.queueLimit,
    ownPlaces: LOADING_PLACES,
    entry: WORKER_ENTRY,
    control: { open: openSlot, invite, requestAbort, recall, dismiss, bury },
    logger,
  })
  return new ThreadEngine({ registry, pool, cache, kernels, config, logger })
}

interface ThreadEngineParts extends LocalEngineOptions {
  readonly registry: Registry
  readonly pool: Pool<Tasks, SharedModel>
  readonly cache: LoadCache<CachedModel>
  readonly kernels: KernelModule
}

class ThreadEngine implements LocalEngine {
  readonly started: Promise<void>
  readonly #registry: Registry
  readonly #pool: Pool<Tasks, SharedModel>
  readonly #logger: Logger
  readonly #cache: LoadCache<CachedModel>
  readonly #kernels: KernelModule
  readonly #loading: Admission<Tasks, SharedModel>
  #loads = 0
  #ready = false

  constructor({ registry, pool, cache, kernels, config, logger }: ThreadEngineParts) {
    this.#registry = registry
    this.#pool = pool
    this.#logger = logger
    this.#kernels = kernels
    this.#cache = cache
    this.#loading = pool.admit()
    this.started = this.#start(config.preload)
  }

  readonly models = {
    list: (): readonly ListedModel[] => this.#registry.list().map((entry) => this.#served(entry)),
    get: (id: string): ListedModel | undefined => {
      const entry = this.#registry.get(id)
      return entry && this.#served(entry)
    },
  }

  ready(): boolean {
    return this.#ready
  }

  kernels(): Readonly<Record<string, string>> {
    const { name, revectorize } = this.#kernels
    const variant = `${name.replace('kernels-', '')}${revectorize ? '-revectorized' : ''}`
    return Object.fromEntries(kernelNames.map((kernel) => [kernel, `${kernel}-${variant}`]))
  }

  stats() {
    const { workers, busy, queued } = this.#pool.stats()
    return { workers, busy, queued }
  }

  admit({ signal }: { readonly signal: AbortSignal }): Place {
    const place = this.#pool.admit({ signal })
    return {
      predict: (model, job) => this.#run(place, model, 'predict', job),
      explain: (model, job) => this.#run(place, model, 'explain', job),
      release: () => place.release(),
      [Symbol.dispose]: () => place.release(),
    }
  }

  async checkLayer(model: ServedModel, layer: string): Promise<void> {
    const { shared } = await this.#load(this.#usable(model))
    findLayer(shared.loaded, layer)
  }

  async close(graceMs: number): Promise<void> {
    this.#ready = false
    this.#loading.release()
    await this.#pool.drain(graceMs)
  }

  async #start(preload: readonly string[]): Promise<void> {
    await this.#pool.ready
    for (const entry of this.#chosen(preload)) await this.#load(entry)
    this.#ready = true
  }

  #chosen(preload: readonly string[]): readonly UsableModel[] {
    const all = this.#registry.list().filter((entry) => entry.status === 'usable')
    if (preload.length === 1 && preload[0] === 'all') return all
    return preload.map((id) => {
      const entry = this.#registry.get(id)
      if (entry?.status === 'usable') return entry
      throw new ConfigError([
        `PRELOAD: there is no usable model ${id}; known: ${all.map((known) => known.id).join(', ')}`,
      ])
    })
  }

  async #run<Name extends 'predict' | 'explain'>(
    place: Admission<Tasks, SharedModel>,
    model: ServedModel,
    name: Name,
    payload: Tasks[Name]['payload'],
  ): Promise<Ran<Tasks[Name]['result']>> {
    const { key, shared } = await this.#load(this.#usable(model))
    const task = { name, payload, resource: { key, value: shared }, team: { memory: shared.memory } } as const
    try {
      const { result, queueMs } = await place.run<Name>(task)
      return { result, queueMs }
    } finally {
      this.#cache.trim()
    }
  }

  #usable({ id, version }: ServedModel): UsableModel {
    const entry = this.#registry.get(`${id}@${version}`)
    if (entry?.status === 'usable') return entry
    throw new Error(`the model ${id}@${version} is not in the registry`)
  }

  #load({ id, card, folder, labels }: UsableModel): Promise<CachedModel> {
    const model = `${id}@${card.version}`
    return this.#cache.get(model, async () => {
      const payload = { folder, card, labels: labels.length > 0 ? labels.length : undefined }
      const { result: loaded } = await this.#loading.run({ name: 'load', payload })
      for (const warning of loaded.warnings) this.#logger.warn({ model }, warning)
      // A key of its own for each load: threads may still hold what was loaded before.
      this.#loads += 1
      const key = `${model}#${this.#loads}`
      return new CachedModel(key, { loaded, card, memory: createModelMemory(), kernels: this.#kernels })
    })
  }

  #served(entry: ModelEntry): ListedModel {
    if (entry.status === 'unusable') return { id: entry.id, status: 'unusable', problem: entry.reason }
    const { card, labels } = entry
    const { id, version, title, description, license, source, input, layers } = card
    const status = this.#cache.has(`${id}@${version}`) ? 'loaded' : 'available'
    return { id, version, title, description, license, source, input, labels, camLayer: layers.cam, status }
  }
}

/** A model in the cache: its weights as read, and the memory in which threads keep them packed. */
class CachedModel {
  readonly key: string
  readonly shared: SharedModel

  constructor(key: string, shared: SharedModel) {
    this.key = key
    this.shared = shared
  }

  bytes(): number {
    return this.shared.loaded.weightBytes + this.shared.memory.buffer.byteLength
  }
}
