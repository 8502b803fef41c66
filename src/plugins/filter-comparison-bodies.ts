import { invalidParameters } from '../errors.ts'
import { allRows } from '../filters/band.ts'
import { pipelineOf } from '../filters/build.ts'
import type { StepSpec } from '../filters/job.ts'
import { displayRange, type NumberClass } from '../filters/number-class.ts'
import { formed, isZeroSum, NO_EXTREMES, widened } from '../filters/output.ts'
import type { Samples } from '../filters/samples.ts'
import { comparisonPicture } from '../imaging/comparison.ts'
import { stepText } from '../schemas/filter-steps.ts'
import { type Compared, comparisonJson } from './filter-comparisons.ts'
import { mediaTypes } from './negotiation.ts'
import type { Timer } from './timings.ts'

/** A comparison in its format. Throws `invalid-parameter` for arrays that no picture can show. */
export async function comparisonBody(
  compared: Compared,
  format: 'json' | 'png',
  timings: Timer,
): Promise<{ type: string; body: string | Buffer }> {
  if (format === 'json')
    return { type: mediaTypes.json, body: JSON.stringify(comparisonJson(compared, timings.milliseconds)) }
  return { type: mediaTypes.png, body: await timings.measure('render', () => pictureOf(compared)) }
}

/** The results of all orders, and how much the one that differs most differs from the first. */
function pictureOf({ input, orders, result, sentence }: Compared): Promise<Buffer> {
  const { results, difference } = result
  const [first] = results
  const other = results[difference.order]
  if (!first || !other) throw new RangeError('a comparison without results')
  const title = (steps: readonly StepSpec[]) => steps.map(stepText).join(' → ')
  const bitmap = bitmapsOf(results, input.samples.type, isZeroSum(pipelineOf(input.ask, 'float')))
  return comparisonPicture({
    panels: orders.flatMap((steps, i) => {
      const samples = results[i]
      return samples ? [{ title: title(steps), image: bitmap(samples) }] : []
    }),
    difference: {
      title:
        orders.length > 2 ? `largest difference: order ${difference.order + 1} to order 1` : 'difference',
      width: first.columns,
      height: first.rows,
      values: pixelDifferences(first, other),
      most: difference.max,
    },
    sentence,
  })
}

/** The largest difference of any channel, for each pixel. */
function pixelDifferences({ rows, columns, channels, data }: Samples, other: Samples): Float64Array {
  const values = new Float64Array(rows * columns)
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels)
    values[pixel] = Math.max(values[pixel] ?? 0, Math.abs((data[at] ?? 0) - (other.data[at] ?? 0)))
  }
  return values
}

/** All results on one scale: that of the input's class, or their own where they lie around 0. */
function bitmapsOf(results: readonly Samples[], type: NumberClass, isStretched: boolean) {
  const bands = results.map((samples) => ({
    ...samples,
    ...allRows(samples),
    data: Float64Array.from(samples.data),
  }))
  const extremes = bands.reduce(widened, NO_EXTREMES)
  const [low, high] = displayRange(type)
  return ({ rows, columns, channels, data }: Samples) => {
    if (channels !== 1 && channels !== 3)
      throw invalidParameters([
        { parameter: 'format', message: `a picture has 1 or 3 colours, got ${channels}: take json` },
      ])
    const extent = { rows, columns, channels }
    const band = { ...extent, ...allRows(extent), data: Float64Array.from(data) }
    const shown = formed(band, isStretched ? 'minmax' : 'clamp', type, extremes)
    const bytes = Uint8ClampedArray.from(shown.data, (v) => ((v - low) / (high - low)) * 255)
    return { width: columns, height: rows, channels, data: new Uint8Array(bytes.buffer) } as const
  }
}
