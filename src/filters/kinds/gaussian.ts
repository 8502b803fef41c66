import * as z from 'zod'
import { gaussianMatrix } from '../gaussian-matrix.ts'
import { linear, sidesOf, sizeSchema } from '../kind.ts'

/** k = exp(−(x²+y²)/2σ²), normalised; fspecial('gaussian'). */
export const gaussian = linear({
  id: 'gaussian',
  title: 'Gaussian',
  description: 'A mean weighted by a bell: smooths without corners.',
  source: "MATLAB, fspecial('gaussian')",
  params: z.object({
    size: sizeSchema(3),
    sigma: z.number().gt(0).max(1000).default(0.5).describe('Standard deviation in pixels'),
  }),
  kernel: ({ size, sigma }) => gaussianMatrix(sidesOf(size), sigma),
})
