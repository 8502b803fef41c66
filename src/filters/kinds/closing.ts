import * as z from 'zod'
import { filter, sidesOf, sizeSchema } from '../kind.ts'
import { extreme } from '../stages/extreme.ts'

/** Dilation, then erosion by the mirrored rectangle, so that even sides shift nothing; skimage.morphology.closing. */
export const closing = filter({
  id: 'closing',
  title: 'Closing',
  description:
    'Dilation, then erosion: dark things smaller than the rectangle vanish, the others keep their size.',
  source: 'scikit-image, morphology.closing with footprint_rectangle',
  params: z.object({ size: sizeSchema(3) }),
  stages: ({ size }) => [extreme('max', sidesOf(size)), extreme('min', { ...sidesOf(size), mirrored: true })],
})
