import { gradientKind } from '../gradient-kind.ts'
import { matrixFrom } from '../matrix.ts'

/** k = [1 2 1; 0 0 0; −1 −2 −1], fspecial('sobel'). */
export const sobel = gradientKind(
  {
    id: 'sobel',
    title: 'Sobel',
    description: 'The smoothed difference of the rows above and below: horizontal edges, with their sign.',
    source: "MATLAB, fspecial('sobel')",
  },
  matrixFrom([
    [1, 2, 1],
    [0, 0, 0],
    [-1, -2, -1],
  ]),
)
