import { invalidParameters } from '../errors.ts'
import type { OutputForm, StepSpec } from '../filters/job.ts'
import { shapeAs } from '../filters/nested.ts'
import { displayRange, type NumberClass } from '../filters/number-class.ts'
import type { Samples } from '../filters/samples.ts'
import { writeNpy } from '../imaging/npy.ts'
import { encodeRaster, type Raster, type RasterFormat } from '../imaging/raster.ts'
import { type Datatype, type TensorJson, tensorToJson } from '../imaging/tensor-json.ts'
import { zipFiles } from '../imaging/zip.ts'
import type { FilterFormat } from '../schemas/filters.ts'
import { joinJson } from './answers.ts'
import type { FilterInput } from './filter-inputs.ts'
import { mediaTypes } from './negotiation.ts'
import type { Timer } from './timings.ts'
import { headerValue } from './values.ts'

/** A filtered picture or array, and what is said of it. */
export interface Filtered extends Pick<FilterInput, 'ask' | 'rank'> {
  readonly samples: Samples
  readonly output: OutputForm
  readonly warnings: readonly string[]
}

/** Numbers in a JSON answer, at most: writing them holds up everybody else. */
const MOST_NUMBERS = 1_000_000

const datatypes: { readonly [T in NumberClass]: Datatype } = {
  uint8: 'UINT8',
  uint16: 'UINT16',
  int16: 'INT16',
  float32: 'FP32',
  float64: 'FP64',
}

/** How the steps were asked for, defaults included: what a JSON body may say in `pipeline`. */
export const stepsOf = (steps: readonly StepSpec[]): readonly object[] =>
  steps.map(({ type, params, combine, amount }) => ({ type, ...params, combine, amount }))

/** KServe V2's fields of samples. Throws `invalid-parameter` for more numbers than JSON may have. */
export function tensorOf({ rank, samples }: Pick<Filtered, 'rank' | 'samples'>): TensorJson {
  if (samples.data.length > MOST_NUMBERS)
    throw invalidParameters([
      {
        parameter: 'format',
        message: `expected at most ${MOST_NUMBERS} numbers for json, got ${samples.data.length}: take npy`,
      },
    ])
  return tensorToJson({ shape: shapeAs(rank, samples), data: samples.data }, datatypes[samples.type])
}

/** An answer in JSON, as an object. */
function filteredJson({ ask, rank, samples, output, warnings }: Filtered, timings: object): object {
  const { boundary, size, mode, intermediate, light } = ask
  return {
    ...tensorOf({ rank, samples }),
    pipeline: stepsOf(ask.steps),
    ...{ boundary, size, mode, intermediate, light, output },
    warnings,
    timings,
  }
}

/** One answer as a file: a text for JSON, bytes else. */
export interface FilterAnswer {
  readonly body: string | Buffer
  readonly output: OutputForm
  readonly warnings: readonly string[]
}

/** A result in its format. Pictures do this one by one, so that the event loop runs in between. */
export async function answerOf(
  filtered: Filtered,
  format: FilterFormat,
  timings: Timer,
): Promise<FilterAnswer> {
  const { output, warnings } = filtered
  if (format === 'npy') return { body: filteredNpy(filtered), output, warnings }
  if (format === 'json')
    return { body: JSON.stringify(filteredJson(filtered, timings.milliseconds)), output, warnings }
  const picture = format === 'zip' ? 'png' : format
  return {
    body: await timings.measure('render', () => filteredPicture(filtered, picture)),
    output,
    warnings,
  }
}

/** Answers as one: by itself, as a JSON array, or as a zip of files. */
export function filterAnswer(
  answers: readonly FilterAnswer[],
  format: FilterFormat,
): { type: string; body: string | Buffer; headers: Record<string, string> } {
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))]
  const headers = {
    'gradlens-output': answers.map(({ output }) => output).join(', '),
    ...(warnings.length > 0 && { 'gradlens-warnings': warnings.map(headerValue).join(', ') }),
  }
  const bodies = answers.map(({ body }) => body)
  if (format === 'json') return { type: mediaTypes.json, body: joinJson(bodies.map(String)), headers }
  const [only] = bodies
  if (format !== 'zip' && bodies.length === 1 && only !== undefined)
    return { type: mediaTypes[format], body: only, headers }
  const extension = format === 'zip' ? 'png' : format
  const files = bodies.map((body, i) => ({ name: `image-${i}.${extension}`, bytes: Buffer.from(body) }))
  return { type: mediaTypes.zip, body: zipFiles(files), headers }
}

const filteredNpy = ({ rank, samples }: Filtered): Buffer =>
  writeNpy({ shape: shapeAs(rank, samples), data: samples.data })

/** Throws `invalid-parameter` for arrays that no picture can show. */
const filteredPicture = ({ samples }: Filtered, format: RasterFormat): Promise<Buffer> =>
  encodeRaster(rasterOf(samples), format)

/** Samples as a picture shows them: 8 or 16 bits as they are, other classes from black to white of their range. */
export function rasterOf({ rows, columns, channels, type, data }: Samples): Raster {
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4)
    throw invalidParameters([
      { parameter: 'format', message: `a picture has 1 to 4 channels, got ${channels}: take json or npy` },
    ])
  const sides = { width: columns, height: rows, channels } as const
  if (data instanceof Uint8Array) return { ...sides, depth: 8, data }
  if (data instanceof Uint16Array) return { ...sides, depth: 16, data }
  const [low, high] = displayRange(type)
  const bytes = Uint8Array.from(data, (v) =>
    Math.min(255, Math.max(0, Math.round(((v - low) / (high - low)) * 255))),
  )
  return { ...sides, depth: 8, data: bytes }
}
