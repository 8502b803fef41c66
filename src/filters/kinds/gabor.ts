import * as z from 'zod'
import { squaredRadius } from '../gaussian-matrix.ts'
import { filter, LONGEST_SIDE } from '../kind.ts'
import { type Matrix, matrixOf, rotated } from '../matrix.ts'
import { correlate } from '../stages/correlate.ts'
import { magnitude } from '../stages/magnitude.ts'

/**
 * g = exp(−(x²+y²)/2σ²) / 2πσ² · exp(i(2πf(x cos θ + y sin θ) + φ)), y downwards, σ = (2^b+1)/(2^b−1) · √(ln 2 / 2) / πf,
 * cut at n standard deviations; skimage.filters.gabor, which convolves: the kernel of the correlation is g rotated.
 */
export const gabor = filter({
  id: 'gabor',
  title: 'Gabor',
  description: 'A wave within a bell: texture of one frequency and direction.',
  source: 'scikit-image, filters.gabor',
  params: z
    .object({
      frequency: z.number().min(0.001).max(1).default(0.25).describe('Of the wave, in periods per pixel'),
      theta: z
        .number()
        .min(-7)
        .max(7)
        .default(0)
        .describe('Direction of the wave in radians: 0 to the right, π/2 downwards'),
      bandwidth: z
        .number()
        .min(0.1)
        .max(10)
        .default(1)
        .describe('Frequencies that it lets pass, in octaves: the wider, the narrower the bell'),
      nStds: z
        .number()
        .min(0.1)
        .max(10)
        .default(3)
        .describe('Standard deviations after which the bell is cut'),
      offset: z.number().min(-7).max(7).default(0).describe("The wave's phase in the middle, in radians"),
      part: z
        .enum(['real', 'imaginary', 'magnitude'])
        .default('real')
        .describe('Real or imaginary part of the result, or its length √(re² + im²)'),
    })
    .refine((params) => 2 * reachOf(params) + 1 <= LONGEST_SIDE, {
      path: ['frequency'],
      message: `expected frequency, bandwidth and nStds to make a kernel of at most ${LONGEST_SIDE} pixels a side: raise frequency or bandwidth, or lower nStds`,
    }),
  stages({ part, ...wave }) {
    const real = waveMatrix(wave, Math.cos)
    const imaginary = waveMatrix(wave, Math.sin)
    if (part === 'magnitude') return [magnitude(real, imaginary)]
    return [correlate(part === 'real' ? real : imaginary)]
  },
})

interface Wave {
  readonly frequency: number
  readonly theta: number
  readonly bandwidth: number
  readonly nStds: number
  readonly offset: number
}

const sigmaOf = ({ frequency, bandwidth }: Wave): number =>
  ((2 ** bandwidth + 1) / (2 ** bandwidth - 1)) * (Math.sqrt(Math.LN2 / 2) / (Math.PI * frequency))

/** Pixels to each side of the middle. */
function reachOf(wave: Wave): number {
  const ends = [Math.cos(wave.theta), Math.sin(wave.theta)].map((part) =>
    Math.abs(wave.nStds * sigmaOf(wave) * part),
  )
  return Math.ceil(Math.max(...ends, 1))
}

function waveMatrix(wave: Wave, part: (phase: number) => number): Matrix {
  const reach = reachOf(wave)
  const sigma = sigmaOf(wave)
  const [cos, sin] = [Math.cos(wave.theta), Math.sin(wave.theta)]
  const matrix = matrixOf(2 * reach + 1, 2 * reach + 1, (i, j) => {
    const [y, x] = [i - reach, j - reach]
    const bell = Math.exp(-squaredRadius(y, x) / (2 * sigma ** 2)) / (2 * Math.PI * sigma ** 2)
    return bell * part(2 * Math.PI * wave.frequency * (x * cos + y * sin) + wave.offset)
  })
  return rotated(matrix)
}
