import * as z from 'zod'
import { squaredRadius } from '../gaussian-matrix.ts'
import { filter, LONGEST_SIDE } from '../kind.ts'
import { centreOf, matrixOf } from '../matrix.ts'
import { bilateral as stage } from '../stages/bilateral.ts'

/** A window of ⌈3σ⌉ to each side has 255 pixels a side, LONGEST_SIDE. */
const LARGEST_SIGMA = 42.3

/**
 * Σ w x / Σ w, w = exp(−(r²+c²)/2σs²) · exp(−‖x − x₀‖²/2σc²), all channels together; skimage.restoration.denoise_bilateral as
 * documented. Version 0.26 rounds distances of colours to a table and divides them by the number of channels, and reads its
 * spatial weights at wrong places; this does not.
 */
export const bilateral = filter({
  id: 'bilateral',
  title: 'Bilateral',
  description: 'The mean of the pixels that are near and look alike: smooths and keeps edges.',
  source:
    'Tomasi and Manduchi 1998; scikit-image, restoration.denoise_bilateral, as it is documented (its tables of weights differ a little)',
  params: z.object({
    sigmaColor: z
      .number()
      .min(1e-6)
      .max(1e6)
      .default(25)
      .describe(
        "Standard deviation of colours, in the picture's units: 25 is a tenth of the range of 8 bits",
      ),
    sigmaSpatial: z
      .number()
      .min(0.01)
      .max(LARGEST_SIGMA)
      .default(1)
      .describe(
        `Standard deviation of distances, in pixels: ${LARGEST_SIGMA} makes a window of ${LONGEST_SIDE} pixels a side`,
      ),
    size: z
      .int()
      .min(1)
      .max(LONGEST_SIDE)
      .optional()
      .describe('Side of the window; 2⌈3 sigmaSpatial⌉ + 1, but at least 5, unless given'),
  }),
  stages({ sigmaColor, sigmaSpatial, size = Math.max(5, 2 * Math.ceil(3 * sigmaSpatial) + 1) }) {
    const centre = centreOf(size)
    const spatial = matrixOf(size, size, (i, j) =>
      Math.exp(-squaredRadius(i - centre, j - centre) / (2 * sigmaSpatial ** 2)),
    )
    return [stage(spatial, sigmaColor)]
  },
})
