import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { collectGarbage } from '../core/collect-garbage.ts'
import { missing } from '../networks/files.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { CardError } from './card.ts'
import { type FolderModel, readModel, type UsableModel } from './folder.ts'

/** A model that cannot be used, and why. */
export interface UnusableModel {
  readonly status: 'unusable'
  /** the card's, or the name of the folder where no card could be read or another folder has the card's */
  readonly id: string
  /** of a model that loading showed to be bad */
  readonly version?: string
  readonly title?: string
  readonly reason: string
}
export type ModelEntry = UsableModel | UnusableModel

/** All models that were found at the start, as far as is known of them, by `name@version` and by `name` (its newest version). */
export class Registry {
  #entries: readonly ModelEntry[]
  #byId: ReadonlyMap<string, ModelEntry>

  constructor(entries: readonly ModelEntry[]) {
    this.#entries = entries
    this.#byId = indexOf(entries)
  }

  list(): readonly ModelEntry[] {
    return this.#entries
  }

  get(id: string): ModelEntry | undefined {
    return this.#byId.get(id)
  }

  /** Puts what loading a model has taught in its place. */
  replace(before: ModelEntry, after: ModelEntry): void {
    this.#entries = this.#entries.map((entry) => (entry === before ? after : entry))
    this.#byId = indexOf(this.#entries)
  }

  add(entry: ModelEntry): void {
    this.#entries = [...this.#entries, entry]
    this.#byId = indexOf(this.#entries)
  }

  /** Puts an entry in the place of all of its id, or at the end. */
  put(entry: ModelEntry): void {
    const at = this.#entries.findIndex(({ id }) => id === entry.id)
    const others = this.#entries.filter(({ id }) => id !== entry.id)
    this.#entries = at < 0 ? [...others, entry] : [...others.slice(0, at), entry, ...others.slice(at)]
    this.#byId = indexOf(this.#entries)
  }

  /** Drops all entries of an id. */
  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id)
    this.#byId = indexOf(this.#entries)
  }
}

function indexOf(entries: readonly ModelEntry[]): ReadonlyMap<string, ModelEntry> {
  const byId = new Map<string, ModelEntry>()
  const add = (key: string, entry: ModelEntry): void => {
    const known = byId.get(key)
    if (!known || isNewer(entry, known)) byId.set(key, entry)
  }
  for (const entry of entries) {
    const version = entry.status === 'usable' ? entry.card.version : entry.version
    add(entry.id, entry)
    if (version !== undefined) add(`${entry.id}@${version}`, entry)
  }
  return byId
}

const isNewer = (a: ModelEntry, b: ModelEntry): boolean => {
  if (a.status !== b.status) return a.status === 'usable'
  if (a.status !== 'usable' || b.status !== 'usable') return false
  return a.card.version.localeCompare(b.card.version, 'en', { numeric: true }) > 0
}

/**
 * Reads the built-in models and those of `modelsDir`, one folder after the other: files can be large. A bad built-in card
 * throws CardError and so stops the start; a bad folder of `modelsDir` is listed as unusable. A second folder with the same
 * id and version is unusable too.
 */
export async function readRegistry(builtIn: string, modelsDir: string | undefined): Promise<Registry> {
  const entries: (FolderModel | UnusableModel)[] = []
  for (const name of await foldersOf(builtIn)) entries.push(await readBuiltIn(builtIn, name))
  if (modelsDir) for (const name of await foldersOf(modelsDir)) entries.push(await tryModel(modelsDir, name))
  // whole files were read
  if (modelsDir) collectGarbage()
  const holders = new Map<string, string>()
  return new Registry(
    entries.map((entry) => {
      if (entry.status === 'unusable') return entry
      const key = keyOf(entry)
      const folder = basename(entry.folder)
      const holder = holders.get(key)
      if (holder !== undefined)
        return { status: 'unusable', id: folder, reason: `${folder} holds ${key}, as ${holder} does already` }
      holders.set(key, entry.origin === 'built-in' ? `the built-in ${folder}` : folder)
      return entry
    }),
  )
}

/** `name@version`, which no two usable models share. */
export const keyOf = ({ id, card }: UsableModel): string => `${id}@${card.version}`

let networks = 0
const numbers = new WeakMap<StoredNetwork, number>()

/** What it is loaded under: a network that replaces one of the same name is loaded anew. */
export function cacheKeyOf(entry: UsableModel): string {
  if (entry.origin !== 'made') return keyOf(entry)
  const number = numbers.get(entry.network) ?? ++networks
  numbers.set(entry.network, number)
  return `${keyOf(entry)}/${number}`
}

/** The same model, now that it has turned out to be bad. */
export const unusable = ({ id, card }: UsableModel, reason: string): UnusableModel => ({
  status: 'unusable',
  id,
  version: card.version,
  title: card.title,
  reason,
})

/** Names in `root` that are folders. */
export async function foldersOf(root: string): Promise<string[]> {
  const names: string[] = []
  for (const name of (await readdir(root)).sort()) {
    if (name.startsWith('.')) continue
    if (await isFolder(join(root, name))) names.push(name)
  }
  return names
}

/** Also for what cannot even be asked (a circle of links, say): reading it will say why it is no model. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path).catch(missing))?.isDirectory() ?? false
  } catch {
    return true
  }
}

/** What is built in has a card: made-up preprocessing would give wrong answers without a word. */
async function readBuiltIn(root: string, name: string): Promise<FolderModel> {
  const card = await stat(join(root, name, 'model.json')).catch(missing)
  if (!card?.isFile()) throw new CardError(name, ['there is no file model.json'])
  return readModel(root, name, 'built-in')
}

async function tryModel(root: string, name: string): Promise<FolderModel | UnusableModel> {
  try {
    return await readModel(root, name, 'given')
  } catch (error) {
    return { status: 'unusable', id: name, reason: reasonOf(error) }
  }
}

/** Errors of the file system tell paths of this machine: their code is enough. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return 'syscall' in error && 'code' in error ? `it cannot be read (${error.code})` : error.message
}
