import { z } from 'zod'
import { type FilterCard, type FilterKind, filter } from './kind.ts'
import { type Matrix, transposed } from './matrix.ts'
import { correlate } from './stages/correlate.ts'
import { magnitude } from './stages/magnitude.ts'

const params = z.object({
  direction: z
    .enum(['horizontal', 'vertical'])
    .default('horizontal')
    .describe('Of the edges that it finds: horizontal ones, or vertical ones by the transposed kernel'),
  magnitude: z
    .boolean()
    .default(false)
    .describe('Whether both directions make the length of the gradient, √(h² + v²)'),
})

/** A first derivative by a 3×3 kernel for horizontal edges. `factor`: of the magnitude. */
export const gradientKind = (card: FilterCard, horizontal: Matrix, factor = 1): FilterKind =>
  filter({
    ...card,
    params,
    stages({ direction, magnitude: both }) {
      if (both) return [magnitude(horizontal, transposed(horizontal), factor)]
      return [correlate(direction === 'horizontal' ? horizontal : transposed(horizontal))]
    },
  })
