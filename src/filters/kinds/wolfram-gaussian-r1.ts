import * as z from 'zod'
import { linear } from '../kind.ts'
import { matrixFrom } from '../matrix.ts'

/** I₁(¼) / (I₀(¼) + 2 I₁(¼)), I the modified Bessel functions: the discrete Gaussian of radius 1, σ = ½. */
const b = besselI(1, 0.25) / (besselI(0, 0.25) + 2 * besselI(1, 0.25))

/** k = {b, 1−2b, b}, along the rows. */
export const wolframGaussianR1 = linear({
  id: 'wolfram-gaussian-r1',
  title: 'Gaussian of radius 1 (Wolfram)',
  description: "Mathematica's GaussianFilter of a list with radius 1; of a picture, along its rows.",
  source: 'Wolfram Language, GaussianFilter[list, 1]',
  params: z.object({}),
  kernel: () => matrixFrom([[b, 1 - 2 * b, b]]),
})

/** Σ (x/2)^(2m+n) / (m! (m+n)!), for small x. */
function besselI(n: number, x: number): number {
  let term = (x / 2) ** n
  let sum = term
  for (let m = 1; m < 20; m++) {
    term *= (x / 2) ** 2 / (m * (m + n))
    sum += term
  }
  return sum
}
