import { readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { missing } from '../networks/files.ts'
import type { Port } from '../onnx/index.ts'
import { CardError } from './card.ts'

/** More classes than this are taken for a mistake of the file. */
const MAX_CLASSES = 100_000

/** The class names of a card's file in `folder`, one a line. Throws CardError; `name` is the folder in its message. */
export async function readLabels(folder: string, file: string, name: string): Promise<readonly string[]> {
  const fault = (what: string) => new CardError(`${name}/model.json`, [`field "output.labels": ${what}`])
  const path = await realpath(join(folder, file)).catch(missing)
  if (path === undefined) throw fault(`there is no file ${file}`)
  if (!path.startsWith(`${await realpath(folder)}${sep}`))
    throw fault(`${file} is a link that leads out of the folder`)
  const text = await readFile(path, 'utf8')
  return text.split(/\r?\n/).filter((line, i, lines) => line !== '' || i < lines.length - 1)
}

/** `class 0`, `class 1`, … Throws CardError when there are too many. */
export function numberedLabels(classes: number, name: string): readonly string[] {
  if (classes > MAX_CLASSES)
    throw new CardError(name, [`model.onnx claims ${classes} classes; at most ${MAX_CLASSES} are served`])
  return Array.from({ length: classes }, (_, i) => `class ${i}`)
}

/** How many classes an output (N,…) declares; undefined when only loading the model can tell. */
export function declaredClasses(output: Port | undefined): number | undefined {
  const [, ...sample] = output?.shape ?? []
  const sizes = sample.map((size) => (size !== undefined && size >= 1 ? size : Number.NaN))
  const classes = sizes.reduce((a, b) => a * b, sizes.length > 0 ? 1 : Number.NaN)
  return Number.isNaN(classes) ? undefined : classes
}
