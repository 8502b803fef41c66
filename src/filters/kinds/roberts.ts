import * as z from 'zod'
import { magnitudeSchema } from '../gradient-kind.ts'
import { filter } from '../kind.ts'
import { matrixFrom } from '../matrix.ts'
import { correlate } from '../stages/correlate.ts'
import { magnitude } from '../stages/magnitude.ts'

const positive = matrixFrom([
  [-1, 0],
  [0, 1],
])
const negative = matrixFrom([
  [0, -1],
  [1, 0],
])

/** k = [−1 0; 0 1] or [0 −1; 1 0], magnitude √((p² + n²)/2); skimage.filters.roberts, which convolves with −k. */
export const roberts = filter({
  id: 'roberts',
  title: 'Roberts',
  description: 'The differences across a square of 2×2 pixels: diagonal edges, as fine as can be.',
  source: 'scikit-image, filters.roberts',
  params: z.object({
    direction: z
      .enum(['positive-diagonal', 'negative-diagonal'])
      .default('positive-diagonal')
      .describe('Lower right minus upper left, or lower left minus upper right'),
    magnitude: magnitudeSchema('√(p² + n²)', Math.SQRT1_2),
  }),
  stages({ direction, magnitude: both }) {
    if (both) return [magnitude(positive, negative, Math.SQRT1_2)]
    return [correlate(direction === 'positive-diagonal' ? positive : negative)]
  },
})
