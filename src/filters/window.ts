import type { Boundary } from './boundary.ts'
import { centreOf, type Matrix, rotated } from './matrix.ts'

export const SIZES = ['same', 'full', 'valid'] as const
/** Which places a result has: those of the picture, all that a kernel touches, those where it lies inside. */
export type Size = (typeof SIZES)[number]

export const MODES = ['corr', 'conv'] as const
/** Correlation, or convolution: with the kernel rotated by 180° about its centre. */
export type Mode = (typeof MODES)[number]

/** How all steps of a pipeline meet the picture's edges. */
export interface Setting {
  readonly boundary: Boundary
  readonly size: Size
  readonly mode: Mode
}

/** A window's sides, and where its first place lies before the place it is computed for. */
export interface Window {
  readonly rows: number
  readonly columns: number
  readonly top: number
  readonly left: number
}

/** The window of a kernel or footprint of these sides. */
export function windowOf({ rows, columns }: { rows: number; columns: number }, setting: Setting): Window {
  return { rows, columns, top: before(rows, setting), left: before(columns, setting) }
}

function before(side: number, { size, mode }: Setting): number {
  if (size === 'full') return side - 1
  if (size === 'valid') return 0
  return mode === 'corr' ? centreOf(side) : side - 1 - centreOf(side)
}

/** How long a side becomes. */
export const sideAfter = (length: number, window: number, size: Size): number =>
  size === 'same' ? length : size === 'full' ? length + window - 1 : length - window + 1

/** The kernel to correlate with. */
export const oriented = (kernel: Matrix, mode: Mode): Matrix => (mode === 'conv' ? rotated(kernel) : kernel)
