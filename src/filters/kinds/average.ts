import * as z from 'zod'
import { linear, sidesOf, sizeSchema } from '../kind.ts'
import { matrixOf } from '../matrix.ts'

/** k = 1 / (rows · columns), fspecial('average'). */
export const average = linear({
  id: 'average',
  title: 'Average',
  description: 'The mean of a rectangle: smooths.',
  source: "MATLAB, fspecial('average')",
  params: z.object({ size: sizeSchema(3) }),
  kernel({ size }) {
    const { rows, columns } = sidesOf(size)
    return matrixOf(rows, columns, () => 1 / (rows * columns))
  },
})
