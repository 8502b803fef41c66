import type { Band, Extent, Rows } from './band.ts'
import type { Boundary } from './boundary.ts'
import type { Matrix } from './matrix.ts'
import type { IntegerClass } from './number-class.ts'
import type { SampleData, Samples } from './samples.ts'
import type { Window } from './window.ts'

/** A window that slides over a picture, what lies beyond the edges, and which of the results are wanted. */
export interface Slide {
  readonly window: Window
  readonly boundary: Boundary
  /** the whole result */
  readonly out: Extent
  readonly want: Rows
  /** the range of the integers that correlations are cast to at once */
  readonly cast?: readonly [low: number, high: number] | undefined
}

/** Weights of distances in a bilateral filter, where in the window their middle is, and how far colours may differ. */
export interface Bilateral {
  readonly spatial: Matrix
  readonly centre: { readonly row: number; readonly column: number }
  readonly sigma: number
}

/**
 * The work of filters, in float64 straight from its definition (plain.ts) or in float32 by the core's kernels (fast.ts). Bands go
 * in and come out; those that come out are new and live as long as the run. A place of the result reads the
 * window's rows from row − top and columns from column − left on, each channel by itself.
 */
export interface Arithmetic {
  readonly type: 'float32' | 'float64'
  /** Rows of the colours of a picture. */
  load(source: Samples, rows: Rows): Band
  /** The band's numbers as integers of a class: rounded half away from zero, kept within its range. */
  integers(band: Band, type: IntegerClass): SampleData
  /** Overwrites the band by its numbers rounded half away from zero and kept within the range. */
  saturate(band: Band, range: readonly [low: number, high: number]): Band
  /** Gives back the memory of all bands so far. */
  release(): void
  /** Room for rows of a picture, its numbers not yet set. */
  band(extent: Extent, rows: Rows): Band
  /** Σ w[i][j] · x[row − top + i][column − left + j]. The window has the kernel's sides. */
  correlate(x: Band, kernel: Matrix, slide: Slide): Band
  /** The `index`-th smallest of the window, counted from 0. */
  rank(x: Band, index: number, slide: Slide): Band
  /** The smallest or largest of the window. */
  extreme(x: Band, which: 'min' | 'max', slide: Slide): Band
  /** Σ w x / Σ w with w = spatial · exp(−Σ over channels (x − x at the centre)² / 2σ²). The window has the sides of `spatial`. */
  bilateral(x: Band, options: Bilateral, slide: Slide): Band
}
