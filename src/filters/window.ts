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

/**
 * The sides of a window. One that is `mirrored` lies the other way round about its place, which matters where a side is even:
 * it holds the places whose windows, were they not mirrored, hold its own.
 */
export interface Sides {
  readonly rows: number
  readonly columns: number
  readonly mirrored?: boolean
}

/** A window's sides, and where its first place lies before the place it is computed for. */
export interface Window {
  readonly rows: number
  readonly columns: number
  readonly top: number
  readonly left: number
}

/** The window of a kernel or footprint of these sides. */
export function windowOf({ rows, columns, mirrored = false }: Sides, setting: Setting): Window {
  const isRotated = (setting.mode === 'conv') !== mirrored
  const before = (side: number): number => {
    if (setting.size === 'full') return side - 1
    if (setting.size === 'valid') return 0
    return isRotated ? side - 1 - centreOf(side) : centreOf(side)
  }
  return { rows, columns, top: before(rows), left: before(columns) }
}

/** How long a side becomes. */
export const sideAfter = (length: number, window: number, size: Size): number =>
  size === 'same' ? length : size === 'full' ? length + window - 1 : length - window + 1

/** The kernel to correlate with. */
export const oriented = (kernel: Matrix, mode: Mode): Matrix => (mode === 'conv' ? rotated(kernel) : kernel)
