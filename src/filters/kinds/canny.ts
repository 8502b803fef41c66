import * as z from 'zod'
import { describedSigma, sigmaSchema } from '../gaussian-matrix.ts'
import { filter } from '../kind.ts'
import { canny as stage } from '../stages/canny.ts'

const threshold = z.number().min(0).max(1e6)

/**
 * Ridges of the smoothed picture's gradient √(sobel² + sobelᵀ²) of at least `low` that hang together, by any of 8 neighbours,
 * with one of at least `high`; skimage.feature.canny. Each channel by itself; the picture keeps its sides.
 */
export const canny = filter({
  id: 'canny',
  title: 'Canny',
  description:
    'Edges as lines of one pixel: `white` on an edge, 0 elsewhere, the outermost pixels included. The result is as large as the picture, whatever size says.',
  source: 'scikit-image, feature.canny; Canny 1986',
  params: z
    .object({
      sigma: sigmaSchema.default(1).describe(describedSigma('the Gaussian that smooths')),
      low: threshold
        .default(25.5)
        .describe(
          "Gradient that goes on with an edge, in the picture's units: 25.5 is a tenth of the range of 8 bits",
        ),
      high: threshold
        .default(51)
        .describe('Gradient that starts an edge, not below low: 51 is a fifth of the range of 8 bits'),
      white: z
        .number()
        .min(0)
        .max(65535)
        .default(255)
        .describe('What an edge is in the result: 255 for 8 bits, 1 for a picture of 0 to 1'),
    })
    .refine(({ low, high }) => high >= low, { path: ['high'], message: 'expected high not to be below low' }),
  stages: (params) => [stage(params)],
})
