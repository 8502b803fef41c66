import { gradientKind } from '../gradient-kind.ts'
import { matrixFrom } from '../matrix.ts'

/** k = [1 1 1; 0 0 0; −1 −1 −1], fspecial('prewitt'). */
export const prewitt = gradientKind(
  {
    id: 'prewitt',
    title: 'Prewitt',
    description: 'The difference of the rows above and below: horizontal edges, with their sign.',
    source: "MATLAB, fspecial('prewitt')",
  },
  matrixFrom([
    [1, 1, 1],
    [0, 0, 0],
    [-1, -1, -1],
  ]),
)
