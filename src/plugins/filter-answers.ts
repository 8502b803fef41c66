import type { FormedResult, OutputForm, StepSpec } from '../filters/job.ts'
import { encodeRaster, type RasterFormat } from '../imaging/raster.ts'
import { zipFiles } from '../imaging/zip.ts'
import type { FilterFormat } from '../schemas/filters.ts'
import type { FilterInput } from './filter-inputs.ts'
import { mediaTypes } from './negotiation.ts'
import type { Timer } from './timings.ts'
import { headerValue } from './values.ts'

/** A filtered picture or array, and what is said of it. */
export interface Filtered extends Pick<FilterInput, 'ask'> {
  readonly formed: FormedResult
  readonly output: OutputForm
  readonly warnings: readonly string[]
}

/** Numbers in a JSON answer, at most, all results together. */
export const MOST_JSON_NUMBERS = 1_000_000

/** How the steps were asked for, defaults included: what a JSON body may say in `pipeline`. */
export const stepsOf = (steps: readonly StepSpec[]): readonly object[] =>
  steps.map(({ type, params, combine, amount }) => ({ type, ...params, combine, amount }))

/** A JSON object's bytes with further fields behind its own. */
export const withFields = (object: Uint8Array, fields: object): Buffer =>
  Buffer.concat([object.subarray(0, -1), Buffer.from(`,${JSON.stringify(fields).slice(1)}`)])

/** What an answer in JSON says besides its numbers. */
function factsOf({ ask, output, warnings }: Filtered, timings: object): object {
  const { boundary, size, mode, intermediate, light } = ask
  return {
    pipeline: stepsOf(ask.steps),
    ...{ boundary, size, mode, intermediate, light, output },
    warnings,
    timings,
  }
}

/** One answer as a file. */
export interface FilterAnswer {
  readonly body: Buffer
  readonly output: OutputForm
  readonly warnings: readonly string[]
}

/** A result in its format. Pictures do this one by one, so that the event loop runs in between. */
export async function answerOf(
  filtered: Filtered,
  format: FilterFormat,
  timings: Timer,
): Promise<FilterAnswer> {
  const { formed, output, warnings } = filtered
  if (formed.kind === 'picture') {
    const { raster } = formed
    const body = await timings.measure('render', () => encodeRaster(raster, pictureFormat(format)))
    return { body, output, warnings }
  }
  const { kind, bytes } = formed
  if (kind === 'npy') return { body: Buffer.from(bytes.buffer), output, warnings }
  return { body: withFields(bytes, factsOf(filtered, timings.milliseconds)), output, warnings }
}

/** The format of the pictures in an answer. */
const pictureFormat = (format: FilterFormat): RasterFormat =>
  format === 'webp' || format === 'jpeg' ? format : 'png'

/** Answers as one: by itself, as a JSON array, or as a zip of files. */
export function filterAnswer(
  answers: readonly FilterAnswer[],
  format: FilterFormat,
): { type: string; body: Buffer; headers: Record<string, string> } {
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))]
  const headers = {
    'gradlens-output': answers.map(({ output }) => output).join(', '),
    ...(warnings.length > 0 && { 'gradlens-warnings': warnings.map(headerValue).join(', ') }),
  }
  const bodies = answers.map(({ body }) => body)
  if (format === 'json') return { type: mediaTypes.json, body: joinedJson(bodies), headers }
  const [only] = bodies
  if (format !== 'zip' && bodies.length === 1 && only !== undefined)
    return { type: mediaTypes[format], body: only, headers }
  const extension = format === 'zip' ? 'png' : format
  const files = bodies.map((body, i) => ({ name: `image-${i}.${extension}`, bytes: body }))
  return { type: mediaTypes.zip, body: zipFiles(files), headers }
}

/** JSON objects as one: an answer by itself, several as an array. */
export function joinedJson(objects: readonly Buffer[]): Buffer {
  const [only] = objects
  if (only && objects.length === 1) return only
  return listOf(objects)
}

/** A JSON array of objects. */
export const listOf = (objects: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('['),
    ...objects.flatMap((object, i) => (i === 0 ? [object] : [Buffer.from(','), object])),
    Buffer.from(']'),
  ])
