import type { ServedModel } from '../engine.ts'
import { stack } from '../explain/batches.ts'
import { writeNpy } from '../imaging/npy.ts'
import { zipFiles } from '../imaging/zip.ts'
import type { ExplainFormat } from '../schemas/explain.ts'
import type { ExplanationAnswer } from '../schemas/explanation.ts'
import type { Explained } from './explanations.ts'
import { mediaTypes } from './negotiation.ts'
import { headerValue } from './values.ts'

/** What is explained, beside bodies that have no place for it. A batch has lists. */
export function explanationHeaders(
  { id, version }: ServedModel,
  explained: readonly Explained[],
): Record<string, string> {
  const list = (of: (target: ExplanationAnswer['target']) => string | number) =>
    explained.map(({ answer }) => of(answer.target)).join(', ')
  const [first] = explained
  return {
    'gradlens-model': headerValue(`${id}@${version}`),
    'gradlens-method': headerValue(first?.answer.method ?? ''),
    'gradlens-seed': `${first?.answer.seed ?? 0}`,
    'gradlens-target': list(({ index }) => index),
    'gradlens-label': list(({ label }) => headerValue(label)),
    'gradlens-score': list(({ score }) => score),
    'gradlens-probability': list(({ probability }) => probability),
  }
}

/** JSON texts as one: an answer by itself, those of a batch as an array. */
export const joinJson = (texts: readonly string[]): string =>
  texts.length === 1 ? texts.join('') : `[${texts.join(',')}]`

/** Body and media type of an answer. A batch of pictures is a zip, a batch of maps one array with a dimension more. */
export function explanationBody(
  explained: readonly Explained[],
  format: ExplainFormat,
): { type: string; body: string | Buffer } {
  if (format === 'json') return { type: mediaTypes.json, body: joinJson(explained.map(({ text }) => text)) }
  if (format === 'npy') {
    const maps = explained.map(({ map }) => map)
    const [only, ...others] = maps
    const array = only && others.length === 0 ? only : stack(maps, 'f32')
    return { type: mediaTypes.npy, body: writeNpy(array) }
  }
  const pictures = explained.map(({ picture }) => picture)
  const [picture] = pictures
  if (format !== 'zip' && pictures.length === 1 && picture) return { type: mediaTypes[format], body: picture }
  const extension = format === 'zip' ? 'png' : format
  return {
    type: mediaTypes.zip,
    body: zipFiles(pictures.map((bytes, i) => ({ name: `image-${i}.${extension}`, bytes }))),
  }
}
