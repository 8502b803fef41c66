import { allRows, type Extent, type Rows, rowLength } from './band.ts'
import { FilterError } from './errors.ts'
import { extentAfterAll, type Pipeline, rowsNeeded } from './pipeline.ts'

/** Numbers of all bands of a strip, about: 64 MB in float32. */
const STRIP_NUMBERS = 1 << 24
/** Numbers of all bands of a picture that cannot be cut into strips: 768 MB in float32. */
export const MOST_NUMBERS = 192 * (1 << 20)

/** Bands that a pipeline makes, each about as large as the picture: its source, and one or two for each stage. */
const bandsOf = ({ steps }: Pipeline): number =>
  1 + steps.reduce((sum, { stages }) => sum + 2 * stages.length, 0)

/**
 * The rows of a result in strips of which each fits into little memory with all that it needs. One strip, where rows depend on
 * rows far away: of the whole picture, or beyond its other end. Throws FilterError `too-large`.
 */
export function strips(pipeline: Pipeline, source: Extent): readonly Rows[] {
  const out = extentAfterAll(pipeline, source)
  const perRow = bandsOf(pipeline) * Math.max(rowLength(source), rowLength(out), 1)
  const height = Math.max(1, Math.floor(STRIP_NUMBERS / perRow))
  if (height >= out.rows) return [allRows(out)]
  const isLocal = rowsNeeded(pipeline, source, { first: 0, count: 1 }).count < source.rows
  if (isLocal) return cut(out.rows, Math.max(height, MIN_STRIP))
  const numbers = perRow * Math.max(source.rows, out.rows)
  if (numbers <= MOST_NUMBERS) return [allRows(out)]
  throw new FilterError('too-large', [
    {
      parameter: 'filter',
      message: `a pipeline of which every row depends on all rows (boundary=circular, canny) takes pictures up to ${MOST_NUMBERS} numbers with all its steps together, got ${numbers}: take another boundary, fewer steps or a smaller picture`,
    },
  ])
}

/** Rows of a strip at least: each computes the rows around it once more. */
const MIN_STRIP = 32

function cut(rows: number, height: number): Rows[] {
  const count = Math.ceil(rows / height)
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor((i * rows) / count)
    return { first, count: Math.floor(((i + 1) * rows) / count) - first }
  })
}
