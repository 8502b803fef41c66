import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, ConfigError } from './config.ts'
import { CoreError } from './core/errors.ts'
import { sameShape } from './core/ir/shape.ts'
import { kernelNames } from './core/kernels/list.ts'
import { root } from './core/root.ts'
import { checkedKernels } from './core/wasm/checked-kernels.ts'
import { releaseLock } from './core/wasm/memory.ts'
import type { KernelModule } from './core/wasm/module.ts'
import { dismiss, invite, openSlot, recall, requestAbort } from './core/wasm/team.ts'
import type { AdmitOptions, Engine, ListedModel, Place, Ran, ServedModel } from './engine.ts'
import type { ExplainJob, ExplainResult } from './explain/job.ts'
import { findLayer } from './explain/loaded.ts'
import { companyKey, mostTogether } from './explain/together.ts'
import { imagingKernels } from './imaging/kernels/scratch.ts'
import { LoadCache } from './models/cache.ts'
import { CardError, inputShape } from './models/card.ts'
import type { UsableModel } from './models/folder.ts'
import { numberedLabels } from './models/labels.ts'
import type { OnnxWriter } from './models/network-onnx.ts'
import {
  cacheKeyOf,
  keyOf,
  type ModelEntry,
  type Registry,
  readRegistry,
  unusable,
} from './models/registry.ts'
import { openNetworks, type ServedNetworks } from './models/served-networks.ts'
import type { SharedGraph } from './models/share.ts'
import type { TrainingPlace, TrainingSetup } from './networks/chunk.ts'
import type { NetworkStore } from './networks/store.ts'
import type { Admission } from './pool/admission.ts'
import { PoolError, TaskError } from './pool/errors.ts'
import { createPool, type Pool } from './pool/pool.ts'
import { Rooms } from './rooms.ts'
import { servedModel } from './served-model.ts'
import type { Shared, SharedModel, Tasks } from './tasks.ts'
import { PooledTraining } from './training-place.ts'

const BUILT_IN_MODELS = join(root, 'models')
/**
 * The engine's own places in the queue: models are loaded, and written, for all who ask, whoever of them stays; and trainings
 * go on when nobody asks.
 */
const OWN_PLACES = 2
const UNUSABLE = 'a model cannot be used'
const CLOSED = 'the network of a model folder cannot be read: the model runs, and cannot be looked into'
/** Beside this module, as it is written or as it is bundled. */
const WORKER_ENTRY = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url)

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
  const onnx: OnnxWriter = async (payload) => (await own.run({ name: 'onnx', payload })).result
  const networks = await openNetworks(registry, config.dataDir, onnx)
  for (const entry of registry.list())
    if (entry.status === 'unusable') logger.warn({ model: entry.id, reason: entry.reason }, UNUSABLE)
  const { kernels, rejected } = checkedKernels()
  imagingKernels()
  if (rejected.length > 0)
    logger.warn({ kernels: rejected }, 'kernels failed their self-test: using the plain ones')
  const cache = new LoadCache<CachedModel>(config.cacheBytes, ({ key }) => pool.forget(key))
  const bury = (memory: WebAssembly.Memory, worker: number) => {
    releaseLock(memory, worker)
    // The dead thread's arena stays taken in it, and nobody knows what it was about to write: load anew.
    cache.dropWhere(({ shared }) => shared.loaded.memory === memory)
    rooms.abandon(memory)
  }
  const pool = createPool<Tasks, Shared>({
    workers: config.workers,
    queueLimit: config.queueLimit,
    ownPlaces: OWN_PLACES,
    entry: WORKER_ENTRY,
    control: { open: openSlot, invite, requestAbort, recall, dismiss, bury },
    logger,
  })
  const rooms = new Rooms(kernels, (key) => pool.forget(key))
  const own = pool.admit({ standing: true })
  return new ThreadEngine({ registry, networks, onnx, own, pool, cache, rooms, kernels, config, logger })
}

/** Those that work on a task: the one that leads it, or all that are idle. */
type Threads = 'all' | 'one'

const threadsFor = ({ precision }: { readonly precision: 'float32' | 'float64' }): Threads =>
  precision === 'float32' ? 'all' : 'one'

interface ThreadEngineParts extends LocalEngineOptions {
  readonly registry: Registry
  readonly networks: ServedNetworks
  readonly onnx: OnnxWriter
  /** the place of what is done for all who ask */
  readonly own: Admission<Tasks, Shared>
  readonly pool: Pool<Tasks, Shared>
  readonly cache: LoadCache<CachedModel>
  readonly rooms: Rooms
  readonly kernels: KernelModule
}

class ThreadEngine implements LocalEngine {
  readonly started: Promise<void>
  readonly #networks: ServedNetworks
  readonly #registry: Registry
  readonly #pool: Pool<Tasks, Shared>
  readonly #logger: Logger
  readonly #cache: LoadCache<CachedModel>
  readonly #kernels: KernelModule
  readonly #onnx: OnnxWriter
  readonly #own: Admission<Tasks, Shared>
  readonly #training: Admission<Tasks, Shared>
  readonly #rooms: Rooms
  #loads = 0
  #trainings = 0
  #ready = false

  constructor({
    registry,
    networks,
    onnx,
    own,
    pool,
    cache,
    rooms,
    kernels,
    config,
    logger,
  }: ThreadEngineParts) {
    this.#registry = registry
    this.#networks = networks
    networks.onReplaced((entry) => this.#cache.drop(cacheKeyOf(entry)))
    this.#pool = pool
    this.#logger = logger
    this.#kernels = kernels
    this.#cache = cache
    this.#rooms = rooms
    this.#onnx = onnx
    this.#own = own
    this.#training = pool.admit({ standing: true, priority: 'batch' })
    this.started = this.#start(config.preload)
  }

  get networks(): NetworkStore {
    return this.#networks
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
    const { workers, busy } = this.#pool.stats()
    return { workers, busy }
  }

  admit(options: AdmitOptions): Place {
    const place = this.#pool.admit(options)
    return {
      predict: (model, job) => this.#run(place, model, 'predict', job),
      explain: (model, job) => this.#explain(place, model, job),
      filter: (job) => this.#inRoom(place, 'filter', job, threadsFor(job)),
      compare: (job) => this.#inRoom(place, 'compare', job, threadsFor(job)),
      compose: (job) => this.#alone(place, 'compose', job),
      readNetwork: (body) => this.#alone(place, 'read-network', body),
      readTraining: (request) => this.#alone(place, 'read-training', request),
      prepareTraining: (plan, moved) => this.#alone(place, 'prepare-training', plan, moved),
      decisionMap: (job) => this.#inRoom(place, 'decision-map', job, 'all'),
      gradients: (job) => this.#inRoom(place, 'gradients', job, threadsFor(job)),
      trace: (job) => this.#inRoom(place, 'trace', job, threadsFor(job)),
      traceMaps: (sample) => this.#inRoom(place, 'trace-maps', sample, threadsFor(sample)),
      diagnose: (job) => this.#inRoom(place, 'diagnose', job, threadsFor(job)),
      rotate: (job, moved) => this.#alone(place, 'rotate', job, moved),
      release: () => place.release(),
      [Symbol.dispose]: () => place.release(),
    }
  }

  admitTraining(setup: TrainingSetup): TrainingPlace {
    this.#trainings += 1
    return new PooledTraining({
      key: `training#${this.#trainings}`,
      setup,
      kernels: this.#kernels,
      place: this.#training,
      forget: (key) => this.#pool.forget(key),
    })
  }

  async checkLayer(model: ServedModel, layer: string): Promise<void> {
    const { shared } = await this.#load(this.#usable(model))
    findLayer(shared.loaded, layer)
  }

  async modelFile(model: ServedModel): Promise<Uint8Array> {
    const entry = this.#usable(model)
    if (entry.origin !== 'made') return readFile(join(entry.folder, 'model.onnx'))
    const { spec, parameters } = entry.network
    return this.#onnx({ spec, parameters })
  }

  async close(graceMs: number): Promise<void> {
    this.#ready = false
    this.#own.release()
    this.#training.release()
    await this.#pool.drain(graceMs)
  }

  async #start(preload: readonly string[]): Promise<void> {
    // all at once: the first thread that is up loads
    await Promise.all([this.#pool.ready, this.#readGiven(), this.#preloadChosen(preload)])
    this.#ready = true
  }

  async #readGiven(): Promise<void> {
    for (const { id, reason } of await this.#networks.readGiven())
      this.#logger.warn({ model: id, reason }, CLOSED)
  }

  async #preloadChosen(preload: readonly string[]): Promise<void> {
    for (const entry of this.#chosen(preload)) await this.#preload(entry)
  }

  /** Those asked for, and those whose classes only loading counts. */
  #chosen(preload: readonly string[]): ReadonlySet<UsableModel> {
    const list = this.#registry.list()
    const all = preload.length === 1 && preload[0] === 'all'
    const asked = all
      ? list
      : preload.map((id) => {
          const entry = this.#registry.get(id)
          if (entry) return entry
          throw new ConfigError([
            `PRELOAD: there is no model ${id}; known: ${list.map((known) => known.id).join(', ')}`,
          ])
        })
    const usable = (entry: ModelEntry) => entry.status === 'usable'
    const uncounted = list.filter(usable).filter(({ labels }) => labels.length === 0)
    return new Set([...asked.filter(usable), ...uncounted])
  }

  /** Only a built-in model that cannot be loaded stops the start. */
  async #preload(entry: UsableModel): Promise<void> {
    try {
      await this.#load(entry)
    } catch (error) {
      if (entry.origin === 'built-in' || isOver(error)) throw error
      this.#giveUp(entry, error)
    }
  }

  /** What takes neither a model nor the kernels. `moved`: memory that goes to the thread instead of a copy. */
  async #alone<Name extends 'compose' | 'rotate' | 'read-network' | 'read-training' | 'prepare-training'>(
    place: Admission<Tasks, Shared>,
    name: Name,
    payload: Tasks[Name]['payload'],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Ran<Tasks[Name]['result']>> {
    const { result, queueMs } = await place.run<Name>({ name, payload, transfer: moved })
    return { result, queueMs }
  }

  /** What takes no model, but mostly the kernels. `threads`: float64 has no kernels, and no use for others' threads. */
  async #inRoom<
    Name extends 'filter' | 'compare' | 'decision-map' | 'gradients' | 'trace' | 'trace-maps' | 'diagnose',
  >(
    place: Admission<Tasks, Shared>,
    name: Name,
    payload: Tasks[Name]['payload'],
    threads: Threads,
  ): Promise<Ran<Tasks[Name]['result']>> {
    const room = this.#rooms.current
    try {
      const { result, queueMs } = await place.run<Name>({
        name,
        payload,
        resource: room,
        ...(threads === 'all' && { team: { memory: room.value.memory } }),
      })
      return { result, queueMs }
    } finally {
      this.#rooms.tidy(room)
    }
  }

  async #explain(
    place: Admission<Tasks, Shared>,
    model: ServedModel,
    job: ExplainJob,
  ): Promise<Ran<ExplainResult>> {
    const { result, queueMs } = await this.#run(place, model, 'explain', [job], companyKey(job))
    const [explained] = result
    if (!explained) throw new Error('a worker explained nothing')
    return { result: explained, queueMs }
  }

  /** `company`: with tasks of that key it may run together. */
  async #run<Name extends 'predict' | 'explain'>(
    place: Admission<Tasks, Shared>,
    model: ServedModel,
    name: Name,
    payload: Tasks[Name]['payload'],
    company?: string,
  ): Promise<Ran<Tasks[Name]['result']>> {
    const entry = this.#usable(model)
    const cached = await this.#load(entry)
    const { key, shared, together } = cached
    const task = {
      name,
      payload,
      resource: { key, value: shared },
      team: { memory: shared.loaded.memory },
      ...(company !== undefined && { joint: { key: company, most: together } }),
    } as const
    try {
      const { result, queueMs } = await place.run<Name>(task)
      return { result, queueMs }
    } finally {
      this.#cache.trim()
      // replaced while it was loaded or ran: nobody will ask for it again
      if (entry.origin === 'made' && !this.#registry.list().includes(entry))
        this.#cache.drop(cacheKeyOf(entry))
      // dropped between the load and the run, threads were sent it afterwards
      if (!this.#cache.holds(cached)) this.#pool.forget(key)
    }
  }

  /** Throws CardError for a model that has turned out to be bad. */
  #usable({ id, version, shape }: ServedModel): UsableModel {
    const entry = this.#registry.get(`${id}@${version}`)
    if (!entry) throw new CardError(id, ['it was removed meanwhile'])
    if (entry.status === 'unusable') throw new CardError(id, [entry.reason])
    if (!sameShape(inputShape(entry.card.input), shape))
      throw new CardError(id, ['another one took its place meanwhile'])
    return entry
  }

  #load(entry: UsableModel): Promise<CachedModel> {
    const model = keyOf(entry)
    return this.#cache.get(cacheKeyOf(entry), async () => {
      const loaded = await this.#read(entry).catch((error) => {
        if (isFault(error)) this.#giveUp(entry, error)
        throw error
      })
      for (const warning of loaded.warnings) this.#logger.warn({ model }, warning)
      // A key of its own for each load: threads may still hold what was loaded before.
      this.#loads += 1
      const key = `${model}#${this.#loads}`
      const { card } = entry
      return new CachedModel(key, { kind: 'model', loaded, card, kernels: this.#kernels })
    })
  }

  /** The model's graph, read in a worker. Classes that have no names get as many numbers as there are. */
  async #read(entry: UsableModel): Promise<SharedGraph> {
    const { id, card } = entry
    const labels = card.output.labels === undefined ? undefined : entry.labels.length
    const from = entry.origin === 'made' ? { network: entry.network } : { folder: entry.folder }
    const payload = { from, card, labels, kernels: this.#kernels }
    const { result: loaded } = await this.#own.run({ name: 'load', payload })
    if (labels === undefined && entry.labels.length !== loaded.classes)
      this.#registry.replace(entry, { ...entry, labels: numberedLabels(loaded.classes, id) })
    return loaded
  }

  /** From now on the model is listed as unusable. */
  #giveUp(entry: UsableModel, error: unknown): void {
    if (!this.#registry.list().includes(entry)) return
    const reason = error instanceof Error ? error.message : String(error)
    this.#logger.warn({ model: keyOf(entry), reason }, UNUSABLE)
    this.#registry.replace(entry, unusable(entry, reason))
  }

  #served(entry: ModelEntry): ListedModel {
    return servedModel(entry, entry.status === 'usable' ? this.#cache.peek(cacheKeyOf(entry)) : undefined)
  }
}

/** The model itself is at fault: what a worker refused by name, rather than what befell it or a bug. */
const isFault = (error: unknown): boolean =>
  (error instanceof CoreError && error.kind !== 'out-of-memory') ||
  error instanceof CardError ||
  (error instanceof TaskError && error.kind !== 'internal')

/** The engine was closed meanwhile. */
const isOver = (error: unknown): boolean => error instanceof PoolError && error.kind !== 'worker-crashed'

/** A model in the cache: its weights as read, as far as they are kept, and the memory in which threads keep them packed. */
class CachedModel {
  readonly key: string
  readonly shared: SharedModel
  /** inputs that are explained together, at most */
  readonly together: number

  constructor(key: string, shared: SharedModel) {
    this.key = key
    this.shared = shared
    this.together = mostTogether(shared.loaded)
  }

  bytes(): number {
    const { weightBytes, memory } = this.shared.loaded
    return weightBytes + memory.buffer.byteLength
  }
}
