import { invalidParameters } from '../errors.ts'
import type { FormedResult, StepSpec } from '../filters/job.ts'
import { type Comparison, comparisonPicture } from '../imaging/comparison.ts'
import { stepText } from '../schemas/filter-steps.ts'
import { type Compared, comparisonJson } from './filter-comparisons.ts'
import { mediaTypes } from './negotiation.ts'
import type { Timer } from './timings.ts'

/** A comparison in its format. Throws `invalid-parameter` for arrays that no picture can show. */
export async function comparisonBody(
  compared: Compared,
  format: 'json' | 'png',
  timings: Timer,
): Promise<{ type: string; body: Buffer }> {
  if (format === 'json')
    return { type: mediaTypes.json, body: comparisonJson(compared, timings.milliseconds) }
  return { type: mediaTypes.png, body: await timings.measure('render', () => pictureOf(compared)) }
}

/** The results of all orders, and how much the one that differs most differs from the first. */
function pictureOf({ orders, result, sentence }: Compared): Promise<Buffer> {
  const { difference, plane } = result
  const panels = result.results.map((formed, i) => ({
    title: titleOf(orders[i] ?? []),
    image: imageOf(formed),
  }))
  const [first] = panels
  if (!first || !plane) throw new RangeError('a comparison without pictures')
  return comparisonPicture({
    panels,
    difference: {
      title:
        orders.length > 2 ? `largest difference: order ${difference.order + 1} to order 1` : 'difference',
      width: first.image.width,
      height: first.image.height,
      values: plane,
      most: difference.max,
    },
    sentence,
  })
}

const titleOf = (steps: readonly StepSpec[]): string => steps.map(stepText).join(' → ')

function imageOf(formed: FormedResult): Comparison['panels'][number]['image'] {
  if (formed.kind !== 'picture') throw new TypeError('a comparison of numbers has no picture')
  const { width, height, channels, data } = formed.raster
  if ((channels !== 1 && channels !== 3) || !(data instanceof Uint8Array))
    throw invalidParameters([
      { parameter: 'format', message: `a picture has 1 or 3 colours, got ${channels}: take json` },
    ])
  return { width, height, channels, data }
}
