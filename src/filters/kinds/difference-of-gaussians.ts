import * as z from 'zod'
import { cutGaussian, describedSigma, LARGEST_SIGMA, sigmaSchema } from '../gaussian-matrix.ts'
import { filter } from '../kind.ts'
import { padded } from '../matrix.ts'
import { difference } from '../stages/difference.ts'

/** Marr and Hildreth's ratio, by which it resembles the Laplacian of Gaussian. */
const RATIO = 1.6

/** k = g(low) − g(high), both cut at 4σ; skimage.filters.difference_of_gaussians. */
export const differenceOfGaussians = filter({
  id: 'difference-of-gaussians',
  title: 'Difference of Gaussians',
  description: 'The picture smoothed a little minus the picture smoothed more: what lies between two sizes.',
  source: 'scikit-image, filters.difference_of_gaussians',
  params: z
    .object({
      lowSigma: sigmaSchema.default(1).describe(describedSigma('the narrow Gaussian')),
      highSigma: sigmaSchema
        .optional()
        .describe(
          `Standard deviation of the wide Gaussian, not below lowSigma; ${RATIO} · lowSigma unless given`,
        ),
    })
    .refine(({ lowSigma, highSigma = lowSigma }) => highSigma >= lowSigma, {
      path: ['highSigma'],
      message: 'expected highSigma not to be below lowSigma',
    })
    .refine(({ lowSigma, highSigma = RATIO * lowSigma }) => highSigma <= LARGEST_SIGMA, {
      path: ['lowSigma'],
      message: `expected lowSigma to be at most ${LARGEST_SIGMA} / ${RATIO} where highSigma is not given`,
    }),
  stages({ lowSigma, highSigma = RATIO * lowSigma }) {
    const high = cutGaussian(highSigma)
    return [difference(padded(cutGaussian(lowSigma), high.rows, high.columns), high)]
  },
})
