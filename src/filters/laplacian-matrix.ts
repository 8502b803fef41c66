import * as z from 'zod'
import { type Matrix, matrixFrom } from './matrix.ts'

export const laplacianParams = z.object({
  alpha: z.number().min(0).max(1).default(0.2).describe('Share of the diagonal neighbours'),
})

/** 4/(α+1) · [α/4 (1−α)/4 α/4; (1−α)/4 −1 (1−α)/4; α/4 (1−α)/4 α/4] */
export function laplacianMatrix(alpha: number): Matrix {
  const corner = alpha / (alpha + 1)
  const edge = (1 - alpha) / (alpha + 1)
  return matrixFrom([
    [corner, edge, corner],
    [edge, -4 / (alpha + 1), edge],
    [corner, edge, corner],
  ])
}
