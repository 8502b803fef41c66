import { allRows, type Extent, type Rows, rowLength } from './band.ts'
import { FilterError } from './errors.ts'
import { extentAfterAll, type Pipeline, rowsInWork } from './pipeline.ts'

/** Numbers of all bands of a strip, about: 64 MB in float32. */
const STRIP_NUMBERS = 1 << 24
/** The same where no strip is as small, at most: 1 GB in float32, and twice as many in float64. */
const MOST_STRIP_NUMBERS = 1 << 28
/** Numbers of a result, at most: a picture of 100 megapixels in three colours. */
const MOST_RESULT_NUMBERS = 300_000_000

/**
 * The rows of a result in strips of which each fits into little memory with all that it needs, the rows around it included:
 * as few as that allows, since each computes those once more. Throws FilterError `too-large`.
 */
export function strips(pipeline: Pipeline, source: Extent): readonly Rows[] {
  const out = extentAfterAll(pipeline, source)
  const results = out.rows * rowLength(out)
  if (results > MOST_RESULT_NUMBERS)
    throw tooLarge(`a result has at most ${MOST_RESULT_NUMBERS} numbers, this one would have ${results}`)
  for (let count = 1; ; count *= 2) {
    const cut = cutInto(Math.min(count, out.rows), out.rows)
    const most = Math.max(...sampled(cut).map((rows) => numbersInWork(pipeline, source, rows)))
    if (most <= STRIP_NUMBERS) return cut
    // from here on the rows around a strip are most of it: smaller strips would take longer, and little less room
    const own = Math.max(rowLength(out), rowLength(source)) * Math.ceil(out.rows / cut.length)
    const isMostlyHalo = most > 2 * bandsOf(pipeline) * own
    if (isMostlyHalo || cut.length === out.rows) {
      if (most <= MOST_STRIP_NUMBERS) return cut
      throw tooLarge(
        `the rows that one row depends on, ${whyFar(pipeline)}, may have ${MOST_STRIP_NUMBERS} numbers in all steps together, these have ${most}`,
      )
    }
  }
}

/** Numbers of all bands that are in memory for some rows of the result. */
const numbersInWork = (pipeline: Pipeline, source: Extent, want: Rows): number =>
  rowsInWork(pipeline, source, want).reduce((sum, { extent, count }) => sum + count * rowLength(extent), 0)

const bandsOf = ({ steps }: Pipeline): number => 1 + steps.reduce((sum, { stages }) => sum + stages.length, 0)

/** Strips at the edges need other rows than those inside. */
const sampled = (cut: readonly Rows[]): readonly Rows[] =>
  [cut[0], cut[cut.length >> 1], cut.at(-1)].filter((rows) => rows !== undefined)

const whyFar = ({ steps, boundary }: Pipeline): string => {
  if (steps.some(({ stages }) => stages.some(({ reach }) => reach === 'whole')))
    return 'all of them for canny'
  return boundary === 'circular' ? 'with boundary=circular those at the other end' : 'as far as kernels reach'
}

const tooLarge = (limit: string): FilterError =>
  new FilterError('too-large', [
    { parameter: 'filter', message: `${limit}: take fewer steps, smaller kernels or a smaller picture` },
  ])

function cutInto(count: number, rows: number): Rows[] {
  if (count <= 1) return [allRows({ rows, columns: 0, channels: 0 })]
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor((i * rows) / count)
    return { first, count: Math.floor(((i + 1) * rows) / count) - first }
  })
}
