import { allRows, type Band } from './band.ts'
import { pipelineOf } from './build.ts'
import type { CompareJob, CompareResult, Difference, PipelineSpec } from './job.ts'
import { extentAfterAll, type Pipeline, runPipeline } from './pipeline.ts'
import { plain } from './plain.ts'
import { colours, type Samples } from './samples.ts'
import { windowOf } from './window.ts'

/** Orders of up to so many steps are all tried; longer pipelines are compared with their reverse. */
const ALL_ORDERS = 3

/** The pipeline in every order, or as given and reversed. The given order comes first; equal ones come once. */
export function ordersOf<T>(steps: readonly T[]): readonly (readonly T[])[] {
  return steps.length <= ALL_ORDERS ? permutations(steps) : [steps, steps.toReversed()]
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

/** The results of all orders in float64, whole, and where the largest difference of any to the first lies. */
export function runCompare({ source, pipeline, orders }: CompareJob): CompareResult {
  const started = performance.now()
  const bands = orders.map((order) => runWhole(source, inOrder(pipeline, order)))
  const results = bands.map((band) => ({ ...band, alpha: false, type: plain.type }))
  const difference = largestDifference(bands, inOrder(pipeline, orders[0] ?? []))
  return { results, difference, timings: { filter: performance.now() - started } }
}

const inOrder = (spec: PipelineSpec, order: readonly number[]): Pipeline => {
  const steps = order.flatMap((i) => spec.steps[i] ?? [])
  return pipelineOf({ ...spec, steps }, 'float')
}

function runWhole(source: Samples, pipeline: Pipeline): Band {
  const extent = { rows: source.rows, columns: source.columns, channels: colours(source) }
  const x = plain.load(source, allRows(extent))
  return runPipeline(pipeline, x, allRows(extentAfterAll(pipeline, extent)), plain)
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
function largestDifference([first, ...others]: readonly Band[], pipeline: Pipeline): Difference {
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
  const noise = pipeline.intermediate === 'float' ? ROUNDING * scale : 0
  const where = whole.max <= noise ? 'nowhere' : interior > noise ? 'everywhere' : 'rings'
  return { ...whole, interior, rings, where, scale }
}

/** What rounding makes of equal sums, of the largest number: some units in the last place of a double. */
const ROUNDING = 1e-13

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
