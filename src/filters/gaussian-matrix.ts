import * as z from 'zod'
import { type Matrix, matrixOf, normalised } from './matrix.ts'

/** exp(−(x²+y²)/2σ²) around the middle, a half-integer for even sides; sums to 1. */
export const gaussianMatrix = (
  { rows, columns }: { readonly rows: number; readonly columns: number },
  sigma: number,
): Matrix =>
  normalised(
    matrixOf(rows, columns, (i, j) =>
      Math.exp(
        nearest(rows, columns, sigma) -
          squaredRadius((i - (rows - 1) / 2) / sigma, (j - (columns - 1) / 2) / sigma) / 2,
      ),
    ),
  )

/** Half the squared distance of the entries in the middle, in σ: however small σ is, they do not vanish. */
const nearest = (rows: number, columns: number, sigma: number): number =>
  squaredRadius(rows % 2 === 0 ? 0.5 / sigma : 0, columns % 2 === 0 ? 0.5 / sigma : 0) / 2

export const squaredRadius = (y: number, x: number): number => y * y + x * x

/** A bell's side when it is cut at 4σ, as SciPy cuts it: 2⌊4σ + ½⌋ + 1. */
const cutSide = (sigma: number): number => 2 * Math.floor(4 * sigma + 0.5) + 1

/** The bell cut at 4σ on each side; scipy.ndimage.gaussian_filter. */
export const cutGaussian = (sigma: number): Matrix =>
  gaussianMatrix({ rows: cutSide(sigma), columns: cutSide(sigma) }, sigma)

/** The bell of it, cut at 4σ, has 255 pixels a side, LONGEST_SIDE. */
export const LARGEST_SIGMA = 31.8

/** The same along a line: each row and column of the bell in two dimensions, but for a factor. */
export const cutGaussianLine = (sigma: number): Float64Array =>
  gaussianMatrix({ rows: 1, columns: cutSide(sigma) }, sigma).data

/** The standard deviation of a bell that is cut at 4σ. */
export const sigmaSchema = z.number().min(0.01).max(LARGEST_SIGMA)

/** The description of such a parameter. */
export const describedSigma = (of: string): string =>
  `Standard deviation of ${of}, in pixels. It is cut at 4 of them: ${LARGEST_SIGMA} makes a kernel of 255 pixels a side`
