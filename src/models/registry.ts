import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { inspectOnnx } from '../onnx/index.ts'
import { type Card, CardError, parseCard } from './card.ts'

/** A bare file's own word for its number of classes is not taken beyond this. */
const MAX_CLASSES = 100_000

/** A model folder that can be loaded. */
export interface UsableModel {
  readonly status: 'usable'
  readonly id: string
  readonly card: Card
  readonly folder: string
  /** one per class: as the labels file has them, else `class 0`, `class 1`, … */
  readonly labels: readonly string[]
}
/** A folder of MODELS_DIR that cannot be, and why. */
export interface UnusableModel {
  readonly status: 'unusable'
  /** the name of the folder */
  readonly id: string
  readonly reason: string
}
export type ModelEntry = UsableModel | UnusableModel

/** All models that were found at the start, by `name@version` and by `name` (its newest version). */
export class Registry {
  readonly #entries: readonly ModelEntry[]
  readonly #byId: ReadonlyMap<string, ModelEntry>

  constructor(entries: readonly ModelEntry[]) {
    this.#entries = entries
    const byId = new Map<string, ModelEntry>()
    for (const entry of entries) {
      const known = byId.get(entry.id)
      if (!known || isNewer(entry, known)) byId.set(entry.id, entry)
      if (entry.status === 'usable') byId.set(`${entry.id}@${entry.card.version}`, entry)
    }
    this.#byId = byId
  }

  list(): readonly ModelEntry[] {
    return this.#entries
  }

  get(id: string): ModelEntry | undefined {
    return this.#byId.get(id)
  }
}

const isNewer = (a: ModelEntry, b: ModelEntry): boolean => {
  if (a.status !== b.status) return a.status === 'usable'
  if (a.status !== 'usable' || b.status !== 'usable') return false
  return a.card.version.localeCompare(b.card.version, 'en', { numeric: true }) > 0
}

/**
 * Reads the built-in models and those of `modelsDir`. A bad built-in card throws CardError and so stops the start; a bad
 * folder of `modelsDir` is listed as unusable. A second folder with the same id and version is unusable too.
 */
export async function readRegistry(builtIn: string, modelsDir: string | undefined): Promise<Registry> {
  const own = await Promise.all((await foldersOf(builtIn)).map((folder) => readBuiltIn(builtIn, folder)))
  const given = modelsDir
    ? await Promise.all((await foldersOf(modelsDir)).map((folder) => tryModel(modelsDir, folder)))
    : []
  const holders = new Map<string, string>()
  return new Registry(
    [...own, ...given].map((entry, i) => {
      if (entry.status === 'unusable') return entry
      const folder = basename(entry.folder)
      const key = `${entry.id}@${entry.card.version}`
      const holder = holders.get(key)
      if (holder !== undefined)
        return { status: 'unusable', id: folder, reason: `${folder} holds ${key}, as ${holder} does already` }
      holders.set(key, i < own.length ? `the built-in ${folder}` : folder)
      return entry
    }),
  )
}

async function foldersOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  const isFolder = await Promise.all(
    entries.map(async (entry) => (await stat(join(root, entry.name)).catch(missing))?.isDirectory() ?? false),
  )
  return entries
    .filter((entry, i) => isFolder[i] && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
}

/** What is built in has a card: made-up preprocessing would give wrong answers without a word. */
async function readBuiltIn(root: string, name: string): Promise<UsableModel> {
  const card = await stat(join(root, name, 'model.json')).catch(missing)
  if (!card?.isFile()) throw new CardError(name, ['there is no file model.json'])
  return readModel(root, name)
}

async function tryModel(root: string, name: string): Promise<ModelEntry> {
  try {
    return await readModel(root, name)
  } catch (error) {
    return { status: 'unusable', id: name, reason: error instanceof Error ? error.message : String(error) }
  }
}

async function readModel(root: string, name: string): Promise<UsableModel> {
  const folder = join(root, name)
  const file = await stat(join(folder, 'model.onnx')).catch(missing)
  if (!file?.isFile()) throw new CardError(name, ['there is no file model.onnx'])
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(missing)
  const card = text === undefined ? await defaultCard(folder, name) : parseCard(text, `${name}/model.json`)
  const { labels: labelsFile } = card.output
  const labels = labelsFile ? await readLabels(folder, labelsFile, name) : await numberedLabels(folder, name)
  return { status: 'usable', id: card.id, card, folder, labels }
}

async function readLabels(folder: string, file: string, name: string): Promise<readonly string[]> {
  const fault = (what: string) => new CardError(`${name}/model.json`, [`field "output.labels": ${what}`])
  const path = await realpath(join(folder, file)).catch(missing)
  if (path === undefined) throw fault(`there is no file ${file}`)
  if (!path.startsWith(`${await realpath(folder)}${sep}`))
    throw fault(`${file} is a link that leads out of the folder`)
  const text = await readFile(path, 'utf8')
  return text.split(/\r?\n/).filter((line, i, lines) => line !== '' || i < lines.length - 1)
}

async function numberedLabels(folder: string, name: string): Promise<readonly string[]> {
  const [output] = inspectOnnx(await readFile(join(folder, 'model.onnx'))).outputs
  const classes = output?.shape.at(-1) ?? 0
  if (classes > MAX_CLASSES)
    throw new CardError(name, [`model.onnx claims ${classes} classes; at most ${MAX_CLASSES} are served`])
  return Array.from({ length: classes }, (_, i) => `class ${i}`)
}

/** For a bare `model.onnx`: the input's size from the file, 0..1 RGB, numbered classes. It says that it was made up. */
async function defaultCard(folder: string, name: string): Promise<Card> {
  const [input] = inspectOnnx(await readFile(join(folder, 'model.onnx'))).inputs
  const [, channels, height = 224, width = 224] = input?.shape ?? []
  if (input?.shape.length !== 4)
    throw new CardError(name, ['the first input of model.onnx is not a picture (N,C,H,W)'])
  const gray = channels === 1
  const perChannel = (value: number) => new Array<number>(gray ? 1 : 3).fill(value)
  const card = {
    id: name,
    version: '1',
    title: name,
    description:
      'No card came with this model: input scaled to 0..1, classes numbered. Write a model.json to change that.',
    license: 'unknown',
    input: {
      width,
      height,
      color: gray ? 'gray' : 'rgb',
      resize: 'bilinear',
      crop: 1,
      mean: perChannel(0),
      std: perChannel(255),
    },
    output: { scores: 'logits' },
  }
  return parseCard(JSON.stringify(card), `${name} (default card)`)
}

function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
