import * as z from 'zod'
import { filter, sidesOf, sizeSchema } from '../kind.ts'
import { extreme } from '../stages/extreme.ts'

/** The minimum of a rectangle, a flat footprint; skimage.morphology.erosion, even sides too. */
export const erosion = filter({
  id: 'erosion',
  title: 'Erosion (minimum)',
  description: 'The smallest value in a rectangle: bright things shrink.',
  source: 'scikit-image, morphology.erosion with footprint_rectangle',
  params: z.object({ size: sizeSchema(3) }),
  stages: ({ size }) => [extreme('min', sidesOf(size))],
})
