import * as z from 'zod'
import { linear } from '../kind.ts'
import { matrixFrom } from '../matrix.ts'

const s = (2 * (Math.PI ** 2 + 3)) / 9

/** k = s·{1, −2, 1} with s = 2(π²+3)/9, along the rows. */
export const wolframLaplacianR1 = linear({
  id: 'wolfram-laplacian-r1',
  title: 'Laplacian of radius 1 (Wolfram)',
  description: "Mathematica's LaplacianFilter of a list with radius 1; of a picture, along its rows.",
  source: 'Wolfram Language, LaplacianFilter[list, 1]',
  params: z.object({}),
  kernel: () => matrixFrom([[s, -2 * s, s]]),
})
