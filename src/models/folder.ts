import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { missing } from '../networks/files.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { inspectOnnx } from '../onnx/index.ts'
import { type Card, CardError, parseCard } from './card.ts'
import { defaultCard } from './default-card.ts'
import { declaredClasses, numberedLabels, readLabels } from './labels.ts'

/** A model that can be loaded, as far as reading it tells. */
interface KnownModel {
  readonly status: 'usable'
  readonly id: string
  readonly card: Card
  /** one per class: as the labels file has them, else `class 0`, `class 1`, …; none where only loading counts the classes */
  readonly labels: readonly string[]
}

/** A model that came with the service, or in a folder. */
export interface FolderModel extends KnownModel {
  /** a bad built-in model stops the start; one of MODELS_DIR is listed as unusable */
  readonly origin: 'built-in' | 'given'
  readonly folder: string
}

/** A network that was made here. */
export interface MadeModel extends KnownModel {
  readonly origin: 'made'
  readonly network: StoredNetwork
  /** where it is: on disk it survives the process */
  readonly kept: 'disk' | 'memory'
}

export type UsableModel = FolderModel | MadeModel

/** Reads the folder `name` of `root`. Throws CardError, OnnxError, or what the file system says. */
export async function readModel(
  root: string,
  name: string,
  origin: FolderModel['origin'],
): Promise<FolderModel> {
  const folder = join(root, name)
  const path = join(folder, 'model.onnx')
  if (!(await stat(path).catch(missing))?.isFile()) throw new CardError(name, ['there is no file model.onnx'])
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(missing)
  const given = text === undefined ? undefined : parseCard(text, `${name}/model.json`)
  if (given?.output.labels && origin === 'built-in')
    return usable(origin, given, folder, await readLabels(folder, given.output.labels, name))
  const file = inspectOnnx(await readFile(path))
  const card = given ?? defaultCard(file, name)
  const { name: output, labels } = card.output
  if (labels) return usable(origin, card, folder, await readLabels(folder, labels, name))
  const port = output === undefined ? file.outputs[0] : file.outputs.find((other) => other.name === output)
  return usable(origin, card, folder, numberedLabels(declaredClasses(port) ?? 0, name))
}

const usable = (
  origin: FolderModel['origin'],
  card: Card,
  folder: string,
  labels: readonly string[],
): FolderModel => ({ status: 'usable', origin, id: card.id, card, folder, labels })
