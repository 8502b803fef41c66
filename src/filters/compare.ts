import type { Arithmetic } from './arithmetic.ts'
import { allRows, type Band } from './band.ts'
import { pipelineOf } from './build.ts'
import { FilterError } from './errors.ts'
import { bitmapOf, holdsFinite, resultAs } from './formed.ts'
import type { CompareJob, CompareResult, Difference, PipelineSpec, StepSpec } from './job.ts'
import { displayRange, type NumberClass } from './number-class.ts'
import { isZeroSum, NO_EXTREMES, widened } from './output.ts'
import { extentAfterAll, type Pipeline, runPipeline } from './pipeline.ts'
import { colours, type Samples } from './samples.ts'
import { windowOf } from './window.ts'

/** Orders of up to so many steps are all tried; longer pipelines are compared with their reverse. */
const ALL_ORDERS = 3

/** Steps by their numbers in every order, or as given and reversed. The given order comes first; orders of equal steps come once. */
export function ordersOf(steps: readonly StepSpec[]): readonly (readonly number[])[] {
  const given = [...steps.keys()]
  const orders = steps.length <= ALL_ORDERS ? permutations(given) : [given, given.toReversed()]
  const texts = steps.map((step) => JSON.stringify(step))
  return [...new Map(orders.map((order) => [order.map((i) => texts[i]).join(), order])).values()]
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

/** The results of all orders, whole, and where the largest difference of any to the first lies. */
export function runCompare(arithmetic: Arithmetic, job: CompareJob): CompareResult {
  const { source, pipeline, orders, as } = job
  const started = performance.now()
  const results = orders.map((order): Samples => {
    try {
      const band = runWhole(arithmetic, source, inOrder(pipeline, order))
      return { ...band, data: band.data.slice(), alpha: false, type: arithmetic.type }
    } finally {
      arithmetic.release()
    }
  })
  if (!results.every(holdsFinite))
    throw new FilterError('bad-parameter', [
      { parameter: 'pipeline', message: 'the results grew beyond what floats hold: nothing to compare' },
    ])
  const difference = largestDifference(results, inOrder(pipeline, orders[0] ?? []))
  const [first] = results
  const other = results[difference.order]
  const shown = as.kind === 'picture' ? onOneScale(job, results) : results
  return {
    results: shown.map((samples) => resultAs(samples, as)),
    difference,
    plane: as.kind === 'picture' && first && other ? pixelDifferences(first, other) : undefined,
    timings: { filter: performance.now() - started },
  }
}

/** All results as bytes on one scale: that of the input's class, or their own where they lie around 0. */
function onOneScale({ source, pipeline }: CompareJob, results: readonly Samples[]): readonly Samples[] {
  if (!isZeroSum(pipelineOf(pipeline, 'float')))
    return results.map((samples) => bitmapOf(samples, displayRange(source.type)))
  const { least, largest } = results.reduce(widened, NO_EXTREMES)
  return results.map((samples) => bitmapOf(samples, [least, largest]))
}

/** The largest difference of any channel, for each pixel. */
function pixelDifferences(
  { rows, columns, channels, data }: Samples,
  other: Samples,
): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows * columns)
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels)
    const difference = Math.abs((data[at] ?? 0) - (other.data[at] ?? 0))
    if (difference > (values[pixel] ?? 0)) values[pixel] = difference
  }
  return values
}

const inOrder = (spec: PipelineSpec, order: readonly number[]): Pipeline => {
  const steps = order.flatMap((i) => spec.steps[i] ?? [])
  return pipelineOf({ ...spec, steps }, 'float')
}

function runWhole(arithmetic: Arithmetic, source: Samples, pipeline: Pipeline): Band {
  const extent = { rows: source.rows, columns: source.columns, channels: colours(source) }
  const x = arithmetic.load(source, allRows(extent))
  return runPipeline(pipeline, x, allRows(extentAfterAll(pipeline, extent)), arithmetic)
}

interface Place {
  readonly max: number
  readonly order: number
  readonly row: number
  readonly column: number
  readonly channel: number
}
const NOWHERE: Place = { max: 0, order: 0, row: 0, column: 0, channel: 0 }

/** Over all orders, against the first. `interior`: where no window reaches beyond an edge. */
function largestDifference([first, ...others]: readonly Samples[], pipeline: Pipeline): Difference {
  if (!first) return { ...NOWHERE, interior: 0, rings: 0, where: 'nowhere', scale: 0 }
  const ring = ringOf(pipeline)
  let whole = NOWHERE
  let [interior, rings, scale] = [0, 0, 0]
  const { columns, channels, rows } = first
  for (let at = 0; at < first.data.length; at++) {
    const value = first.data[at] ?? 0
    scale = Math.max(scale, Math.abs(value))
    for (const [i, other] of others.entries()) {
      const max = Math.abs((other.data[at] ?? 0) - value)
      const pixel = Math.floor(at / channels)
      const row = Math.floor(pixel / columns)
      const column = pixel % columns
      const isInterior =
        row >= ring.top && row < rows - ring.bottom && column >= ring.left && column < columns - ring.right
      if (isInterior) interior = Math.max(interior, max)
      else rings = Math.max(rings, max)
      if (max > whole.max) whole = { max, order: i + 1, row, column, channel: at % channels }
    }
  }
  const noise = pipeline.intermediate === 'float' ? ROUNDING[first.type] * scale : 0
  const where = whole.max <= noise ? 'nowhere' : interior > noise ? 'everywhere' : 'rings'
  return { ...whole, interior, rings, where, scale }
}

/** What rounding makes of equal sums, of the largest number: some units in the last place. */
const ROUNDING: Readonly<Record<NumberClass, number>> = {
  float64: 1e-13,
  float32: 5e-6,
  uint8: 0,
  uint16: 0,
  int16: 0,
}

/** Rows and columns at the edges of the result that depend on what lies beyond the picture. */
function ringOf(pipeline: Pipeline) {
  const { size } = pipeline
  const sum = { top: 0, bottom: 0, left: 0, right: 0 }
  for (const { stages } of pipeline.steps)
    for (const { reach } of stages) {
      if (reach === 'whole' || size === 'valid') continue
      const { top, left } = windowOf(reach, pipeline)
      sum.top += top
      sum.left += left
      sum.bottom += size === 'full' ? reach.rows - 1 : reach.rows - 1 - top
      sum.right += size === 'full' ? reach.columns - 1 : reach.columns - 1 - left
    }
  return sum
}
