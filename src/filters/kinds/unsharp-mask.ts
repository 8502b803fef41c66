import * as z from 'zod'
import { cutGaussian, describedSigma, sigmaSchema } from '../gaussian-matrix.ts'
import { filter } from '../kind.ts'
import { unsharpMask as stage } from '../stages/unsharp-mask.ts'

/**
 * x + strength · (x − g x), g a Gaussian cut at 4σ; skimage.filters.unsharp_mask with preserve_range: nothing is clipped.
 * The threshold is that of painting programs: smaller differences stay as they are.
 */
export const unsharpMask = filter({
  id: 'unsharp-mask',
  title: 'Unsharp mask',
  description:
    'What smoothing would take away is added again: sharpens at the scale of the radius, each channel by itself.',
  source: 'scikit-image, filters.unsharp_mask',
  params: z.object({
    radius: sigmaSchema.default(1).describe(describedSigma('the Gaussian')),
    strength: z.number().min(-100).max(100).default(1).describe('How much of the difference is added'),
    threshold: z
      .number()
      .min(0)
      .max(65535)
      .default(0)
      .describe("Differences up to this, in the picture's units, are left alone (0 to 255 for 8 bits)"),
  }),
  stages: ({ radius, strength, threshold }) => [stage(cutGaussian(radius), strength, threshold)],
})
