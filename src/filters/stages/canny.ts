import { allRows, type Band, rowLength, rowsWithin } from '../band.ts'
import type { Boundary } from '../boundary.ts'
import { elementwise } from '../elementwise.ts'
import { cutGaussian } from '../gaussian-matrix.ts'
import { connectedEdges } from '../hysteresis.ts'
import { type Matrix, matrixFrom, transposed } from '../matrix.ts'
import { ridgesOf } from '../ridges.ts'
import { shareWithin } from '../share-within.ts'
import type { Stage, StageContext } from '../stage.ts'
import { correlate } from './correlate.ts'

export interface CannyOptions {
  readonly sigma: number
  readonly low: number
  readonly high: number
  readonly white: number
}

/**
 * Canny's edges: `white` where there is one, 0 elsewhere. A line may run through all of the picture, so that all of it is
 * needed; it keeps its sides whatever the setting's size.
 */
export const canny = ({ sigma, low, high, white }: CannyOptions): Stage => ({
  reach: 'whole',
  bands: 5,
  unsigned: true,
  run(x, want, context) {
    const smooth = smoothed(x, sigma, context)
    const down = correlateAll(smooth, downwards, 'symmetric', context)
    const right = correlateAll(smooth, transposed(downwards), 'symmetric', context)
    const length = elementwise(smooth, (i) => Math.sqrt((down.data[i] ?? 0) ** 2 + (right.data[i] ?? 0) ** 2))
    const edges = connectedEdges(ridgesOf({ down, right, length }, low), length, high)
    return rowsWithin(
      elementwise(length, (i) => (edges[i] === 1 ? white : 0)),
      want,
    )
  },
})

const downwards = matrixFrom([
  [-1, -2, -1],
  [0, 0, 0],
  [1, 2, 1],
])

/** Smoothed by a Gaussian. Where the boundary is a number, pixels beyond the edges are left out of the mean. */
function smoothed(x: Band, sigma: number, context: StageContext): Band {
  const bell = cutGaussian(sigma)
  const { boundary } = context.setting
  if (typeof boundary !== 'number') return correlateAll(x, bell, boundary, context)
  const padded = correlateAll(x, bell, 0, context)
  const ofRow = shareWithin(sigma, x.rows)
  const ofColumn = shareWithin(sigma, x.columns)
  return elementwise(padded, (i) => {
    const row = Math.floor(i / rowLength(x))
    const column = Math.floor((i % rowLength(x)) / x.channels)
    return (padded.data[i] ?? 0) / ((ofRow[row] ?? 1) * (ofColumn[column] ?? 1))
  })
}

const correlateAll = (x: Band, kernel: Matrix, boundary: Boundary, { arithmetic }: StageContext): Band =>
  correlate(kernel).run(x, allRows(x), {
    arithmetic,
    setting: { boundary, size: 'same', mode: 'corr' },
    cast: undefined,
  })
