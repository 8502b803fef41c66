import * as z from 'zod'
import { linear } from '../kind.ts'
import { matrixOf, normalised } from '../matrix.ts'

/** k = max(0, 1 − D), D the distance to the line or beyond its ends, normalised; fspecial('motion'). */
export const motion = linear({
  id: 'motion',
  title: 'Motion',
  description: 'The mean along a line: blurs as a moving camera does.',
  source: "MATLAB, fspecial('motion')",
  params: z.object({
    length: z.number().min(1).max(250).default(9).describe('Length of the line in pixels'),
    angle: z.number().min(-360).max(360).default(0).describe('Its direction in degrees, counter-clockwise'),
  }),
  kernel({ length, angle }) {
    const half = (length - 1) / 2
    const phi = (((angle % 180) + 180) % 180) * (Math.PI / 180)
    const [cos, sin] = [Math.cos(phi), Math.sin(phi)]
    const slope = Math.sign(cos)
    const tiny = length * Number.EPSILON
    const reachX = Math.abs(Math.trunc(half * cos + slope - tiny))
    const reachY = Math.trunc(half * sin + 1 - tiny)

    /** of the pixel (x, y) from the middle, y upwards */
    const distance = (x: number, y: number): number => {
      const toLine = y * cos - x * sin
      if (Math.hypot(x, y) < half || Math.abs(toLine) > 1) return Math.abs(toLine)
      const toEnd = half - Math.abs((x + toLine * sin) / cos)
      return Math.hypot(toLine, toEnd)
    }
    return normalised(
      matrixOf(2 * reachY + 1, 2 * reachX + 1, (i, j) =>
        Math.max(0, 1 + Number.EPSILON - distance(j - reachX, reachY - i)),
      ),
    )
  },
})
