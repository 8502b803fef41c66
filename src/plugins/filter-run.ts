import type { FastifyRequest } from 'fastify'
import { collectGarbage } from '../core/collect-garbage.ts'
import type { Place } from '../engine.ts'
import { invalidParameters } from '../errors.ts'
import type { Extent } from '../filters/band.ts'
import { checkPipeline, pipelineOf } from '../filters/build.ts'
import { checkPictured } from '../filters/formed.ts'
import type { OutputForm, PipelineSpec, ResultForm } from '../filters/job.ts'
import { isInteger } from '../filters/number-class.ts'
import { isZeroSum } from '../filters/output.ts'
import { extentAfterAll, type Pipeline } from '../filters/pipeline.ts'
import { colours } from '../filters/samples.ts'
import { strips } from '../filters/strips.ts'
import type { FilterFormat } from '../schemas/filters.ts'
import type { FilterAsk } from '../schemas/read-filter.ts'
import { type Filtered, MOST_JSON_NUMBERS } from './filter-answers.ts'
import type { FilterInput } from './filter-inputs.ts'

/** Whether a format holds numbers of any kind, and not only those that a picture can show. */
export const holdsNumbers = (format: FilterFormat): format is 'json' | 'npy' =>
  format === 'json' || format === 'npy'

/** Bytes of a picture; what larger ones leave behind is freed at once, and not when V8 comes to it. */
const LARGE_BYTES = 64 << 20

/** The kernels hold a window's rows at once: of more channels, numbers are filtered in float64. */
const MOST_FAST_CHANNELS = 4

const ABOUT_ZERO = 'the kernels sum to 0, so results lie around 0: stretched over the range, see output'

/** The input's pipeline, which can be applied to it, and the sides of its result. Throws FilterError. */
export function checkedPipeline({ samples, ask }: FilterInput): { pipeline: Pipeline; out: Extent } {
  const pipeline = pipelineOf(ask, 'float')
  const extent = { rows: samples.rows, columns: samples.columns, channels: colours(samples) }
  checkPipeline(pipeline, extent, ask.nameOf)
  strips(pipeline, extent)
  if (ask.light === 'linear' && ask.intermediate !== 'float')
    throw invalidParameters([
      {
        parameter: 'light',
        message: `expected intermediate=float for amounts of light, got ${ask.intermediate}`,
      },
    ])
  return { pipeline, out: extentAfterAll(pipeline, extent) }
}

/** How the worker shall leave a result. Throws `invalid-parameter` for what the format cannot hold, so many results together. */
export function resultForm(
  { samples, rank }: FilterInput,
  { rows, columns }: Extent,
  format: FilterFormat,
  results = 1,
): ResultForm {
  if (!holdsNumbers(format)) {
    checkPictured(samples.channels)
    return { kind: 'picture' }
  }
  const numbers = results * rows * columns * samples.channels
  if (format === 'json' && numbers > MOST_JSON_NUMBERS)
    throw invalidParameters([
      {
        parameter: 'format',
        message: `expected at most ${MOST_JSON_NUMBERS} numbers for json, got ${numbers}: take npy`,
      },
    ])
  return { kind: format, rank }
}

/** The form of the output: what was asked for, or what shows the results best. */
function outputFor(
  { ask, samples, from }: FilterInput,
  pipeline: Pipeline,
  format: FilterFormat,
): OutputForm {
  const numbers = holdsNumbers(format)
  if (ask.output === 'float' && !numbers)
    throw invalidParameters([
      {
        parameter: 'output',
        message: `float is for numbers: take format=json or npy, or another output than float for ${format}`,
      },
    ])
  if (ask.output !== undefined) return ask.output
  if (numbers) return from === 'picture' || !isInteger(samples.type) ? 'float' : 'clamp'
  return isZeroSum(pipeline) ? 'minmax' : 'clamp'
}

/** Pictures and arrays of their classes are filtered by the kernels; numbers in JSON, and doubles, in float64. */
export function precisionFor({ from, samples }: FilterInput): 'float32' | 'float64' {
  const { type, channels } = samples
  if (from === 'json') return type === 'float32' && channels <= MOST_FAST_CHANNELS ? 'float32' : 'float64'
  return type !== 'float64' && type !== 'int16' && channels <= MOST_FAST_CHANNELS ? 'float32' : 'float64'
}

/** What a worker is told of an ask. */
export const specOf = ({ steps, boundary, size, mode, intermediate }: FilterAsk): PipelineSpec => ({
  steps,
  boundary,
  size,
  mode,
  intermediate,
})

/** Filters one input on the pool. Throws what `checkedPipeline` throws. */
export async function filtered(
  { timings }: FastifyRequest,
  place: Place,
  input: FilterInput,
  format: FilterFormat,
): Promise<Filtered> {
  const { ask, samples } = input
  const { pipeline, out } = checkedPipeline(input)
  const output = outputFor(input, pipeline, format)
  const as = resultForm(input, out, format)
  const { light } = ask
  const precision = precisionFor(input)
  const job = {
    kind: 'filter',
    source: samples,
    pipeline: specOf(ask),
    output,
    light,
    precision,
    as,
  } as const
  // the file and its decoder's copy of the pixels
  if (samples.data.byteLength > LARGE_BYTES) collectGarbage()
  const { result, queueMs } = await place.filter(job)
  timings.addAll({ queue: queueMs, ...result.timings })
  const stretched = output === 'minmax' && ask.output === undefined
  return {
    ask,
    formed: result.formed,
    output,
    warnings: [...input.warnings, ...(stretched ? [ABOUT_ZERO] : []), ...result.warnings],
  }
}
