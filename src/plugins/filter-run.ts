import type { FastifyRequest } from 'fastify'
import { collectGarbage } from '../core/collect-garbage.ts'
import type { Place } from '../engine.ts'
import { invalidParameters } from '../errors.ts'
import { checkPipeline, pipelineOf } from '../filters/build.ts'
import type { OutputForm } from '../filters/job.ts'
import { isInteger } from '../filters/number-class.ts'
import { isZeroSum } from '../filters/output.ts'
import type { Pipeline } from '../filters/pipeline.ts'
import { colours } from '../filters/samples.ts'
import { strips } from '../filters/strips.ts'
import type { FilterFormat } from '../schemas/filters.ts'
import type { Filtered } from './filter-answers.ts'
import type { FilterInput } from './filter-inputs.ts'

/** Whether a format holds numbers of any kind, and not only those that a picture can show. */
export const holdsNumbers = (format: FilterFormat): boolean => format === 'json' || format === 'npy'

/** Bytes of a picture; what larger ones leave behind is freed at once, and not when V8 comes to it. */
const LARGE_BYTES = 64 << 20

const ABOUT_ZERO = 'the kernels sum to 0, so results lie around 0: stretched over the range, see output'

/** The input's pipeline, which can be applied to it. Throws FilterError. */
export function checkedPipeline({ samples, ask }: FilterInput): Pipeline {
  const pipeline = pipelineOf(ask, 'float')
  const extent = { rows: samples.rows, columns: samples.columns, channels: colours(samples) }
  checkPipeline(pipeline, extent)
  strips(pipeline, extent)
  if (ask.light === 'linear' && ask.intermediate !== 'float')
    throw invalidParameters([
      {
        parameter: 'light',
        message: `expected intermediate=float for amounts of light, got ${ask.intermediate}`,
      },
    ])
  return pipeline
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

/** Filters one input on the pool. Throws what `checkedPipeline` throws. */
export async function filtered(
  { timings }: FastifyRequest,
  place: Place,
  input: FilterInput,
  format: FilterFormat,
): Promise<Filtered> {
  const { ask, samples, from } = input
  const pipeline = checkedPipeline(input)
  const output = outputFor(input, pipeline, format)
  const precision = from === 'picture' || samples.type === 'float32' ? 'float32' : 'float64'
  const job = { kind: 'filter', source: samples, pipeline: ask, output, light: ask.light, precision } as const
  // the file and its decoder's copy of the pixels
  if (samples.data.byteLength > LARGE_BYTES) collectGarbage()
  const { result, queueMs } = await place.filter(job)
  timings.addAll({ queue: queueMs, ...result.timings })
  const stretched = output === 'minmax' && ask.output === undefined
  return {
    ask,
    rank: input.rank,
    samples: result.samples,
    output,
    warnings: [...input.warnings, ...(stretched ? [ABOUT_ZERO] : [])],
  }
}
