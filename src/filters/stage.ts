import type { Arithmetic } from './arithmetic.ts'
import type { Band, Extent, Rows } from './band.ts'
import type { Matrix } from './matrix.ts'
import { type Setting, type Sides, sideAfter, windowOf } from './window.ts'

/** What a stage computes with. */
export interface StageContext {
  readonly arithmetic: Arithmetic
  readonly setting: Setting
  /** the range of the integers that the stage's result is cast to */
  readonly cast: readonly [low: number, high: number] | undefined
}

/** One pass over a picture. A filter is one stage or several, one after the other. */
export interface Stage {
  /** the sides of the window that a result depends on; `whole`: it depends on all of the picture */
  readonly reach: Sides | 'whole'
  /** the kernel whose correlation it is; undefined where it is not linear */
  readonly kernel?: Matrix | undefined
  /** how many bands as large as its result it holds at once; one unless said */
  readonly bands?: number
  /** whether its results are magnitudes, never below 0 */
  readonly unsigned?: boolean
  /** The wanted rows of the result, from a band that holds all rows of x that they need. */
  readonly run: (x: Band, want: Rows, context: StageContext) => Band
}

/** What a stage makes of a picture's sides. */
export function extentAfter({ reach }: Stage, extent: Extent, { size }: Setting): Extent {
  if (reach === 'whole') return extent
  return {
    ...extent,
    rows: sideAfter(extent.rows, reach.rows, size),
    columns: sideAfter(extent.columns, reach.columns, size),
  }
}

/** The slide of a window over a band's picture, for a stage's `run`. */
export const slideOf = (sides: Sides, x: Extent, want: Rows, setting: Setting) => ({
  window: windowOf(sides, setting),
  boundary: setting.boundary,
  out: {
    rows: sideAfter(x.rows, sides.rows, setting.size),
    columns: sideAfter(x.columns, sides.columns, setting.size),
    channels: x.channels,
  },
  want,
})
