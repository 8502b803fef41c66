import { type Matrix, matrixOf, normalised } from './matrix.ts'

/** exp(−(x²+y²)/2σ²) around the middle, a half-integer for even sides; sums to 1. */
export const gaussianMatrix = (
  { rows, columns }: { readonly rows: number; readonly columns: number },
  sigma: number,
): Matrix =>
  normalised(
    matrixOf(rows, columns, (i, j) =>
      Math.exp(-squaredRadius(i - (rows - 1) / 2, j - (columns - 1) / 2) / (2 * sigma ** 2)),
    ),
  )

export const squaredRadius = (y: number, x: number): number => y * y + x * x
