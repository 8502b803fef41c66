import * as z from 'zod'
import { filter, sidesOf, sizeSchema } from '../kind.ts'
import { extreme } from '../stages/extreme.ts'

/** The maximum of a rectangle, the window of `erosion`: dilation(x) = −erosion(−x); skimage.morphology.dilation. */
export const dilation = filter({
  id: 'dilation',
  title: 'Dilation (maximum)',
  description: 'The largest value in a rectangle: bright things grow.',
  source: 'scikit-image, morphology.dilation with footprint_rectangle',
  params: z.object({ size: sizeSchema(3) }),
  stages: ({ size }) => [extreme('max', sidesOf(size))],
})
