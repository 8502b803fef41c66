import * as z from 'zod'
import { gaussianMatrix, squaredRadius } from '../gaussian-matrix.ts'
import { linear, sidesOf, sizeSchema } from '../kind.ts'
import { matrixOf, sumOf } from '../matrix.ts'

/** k = g·(x²+y²−2σ²)/σ⁴ with g normalised, minus its mean; fspecial('log') as documented. */
export const log = linear({
  id: 'log',
  title: 'Laplacian of Gaussian',
  description: 'The second derivative of the smoothed picture: blobs and edges; sums to 0.',
  source: "MATLAB, fspecial('log')",
  params: z.object({
    size: sizeSchema(5),
    sigma: z.number().min(0.01).max(1000).default(0.5).describe('Standard deviation in pixels'),
  }),
  kernel({ size, sigma }) {
    const { rows, columns } = sidesOf(size)
    const g = gaussianMatrix({ rows, columns }, sigma)
    const h = matrixOf(rows, columns, (i, j) => {
      const radius = squaredRadius(i - (rows - 1) / 2, j - (columns - 1) / 2)
      return ((g.data[i * columns + j] ?? 0) * (radius - 2 * sigma ** 2)) / sigma ** 4
    })
    const mean = sumOf(h) / (rows * columns)
    return { ...h, data: h.data.map((v) => v - mean) }
  },
})
