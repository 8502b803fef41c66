import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectOnnx } from '../onnx/index.ts'
import { type Card, CardError, parseCard } from './card.ts'
import { defaultCard } from './default-card.ts'
import { declaredClasses, numberedLabels, readLabels } from './labels.ts'
import { missing } from './missing.ts'

/** A model folder that can be loaded, as far as reading it tells. */
export interface UsableModel {
  readonly status: 'usable'
  /** a bad built-in model stops the start; one of MODELS_DIR is listed as unusable */
  readonly origin: 'built-in' | 'given'
  readonly id: string
  readonly card: Card
  readonly folder: string
  /** one per class: as the labels file has them, else `class 0`, `class 1`, …; none where only loading counts the classes */
  readonly labels: readonly string[]
}

/** Reads the folder `name` of `root`. Throws CardError, OnnxError, or what the file system says. */
export async function readModel(
  root: string,
  name: string,
  origin: UsableModel['origin'],
): Promise<UsableModel> {
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
  origin: UsableModel['origin'],
  card: Card,
  folder: string,
  labels: readonly string[],
): UsableModel => ({ status: 'usable', origin, id: card.id, card, folder, labels })
