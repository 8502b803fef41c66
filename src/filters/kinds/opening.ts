import * as z from 'zod'
import { filter, sidesOf, sizeSchema } from '../kind.ts'
import { extreme } from '../stages/extreme.ts'

/** Erosion, then dilation by the mirrored rectangle, so that even sides shift nothing; skimage.morphology.opening. */
export const opening = filter({
  id: 'opening',
  title: 'Opening',
  description:
    'Erosion, then dilation: bright things smaller than the rectangle vanish, the others keep their size.',
  source: 'scikit-image, morphology.opening with footprint_rectangle',
  params: z.object({ size: sizeSchema(3) }),
  stages: ({ size }) => [extreme('min', sidesOf(size)), extreme('max', { ...sidesOf(size), mirrored: true })],
})
