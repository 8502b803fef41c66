import * as z from 'zod'
import { type FilterCard, type FilterKind, filter } from './kind.ts'
import { type Matrix, transposed } from './matrix.ts'
import { correlate } from './stages/correlate.ts'
import { magnitude } from './stages/magnitude.ts'

const paramsOf = (factor: number) =>
  z.object({
    direction: z
      .enum(['horizontal', 'vertical'])
      .default('horizontal')
      .describe('Of the edges that it finds: horizontal ones, or vertical ones by the transposed kernel'),
    magnitude: magnitudeSchema('√(h² + v²)', factor),
  })

/** Whether a gradient's two directions are answered as its length. */
export const magnitudeSchema = (length: string, factor: number) =>
  z
    .boolean()
    .default(false)
    .describe(
      `Whether both directions make the length of the gradient, ${factor === 1 ? '' : `${factor.toFixed(4)} · `}${length}`,
    )

/** A first derivative by a 3×3 kernel for horizontal edges. `factor`: of the magnitude. */
export const gradientKind = (card: FilterCard, horizontal: Matrix, factor = 1): FilterKind =>
  filter({
    ...card,
    params: paramsOf(factor),
    stages({ direction, magnitude: both }) {
      if (both) return [magnitude(horizontal, transposed(horizontal), factor)]
      return [correlate(direction === 'horizontal' ? horizontal : transposed(horizontal))]
    },
  })
