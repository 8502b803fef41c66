import * as z from 'zod'
import { filter, sidesOf, sizeSchema } from '../kind.ts'
import { rank } from '../stages/rank.ts'

/**
 * The middle one of a rectangle's values: of an even number n of them, the one with n/2 below it (scipy.ndimage.median_filter).
 * SciPy centres even sides at n/2, this at (n−1)>>1: its origin=−1.
 */
export const median = filter({
  id: 'median',
  title: 'Median',
  description:
    'The middle one of the values in a rectangle, of an even count the upper of the two in the middle: removes specks and keeps edges.',
  source: 'scikit-image, filters.median',
  params: z.object({ size: sizeSchema(3) }),
  stages({ size }) {
    const sides = sidesOf(size)
    return [rank(Math.floor((sides.rows * sides.columns) / 2), sides)]
  },
})
