import { gradientKind } from '../gradient-kind.ts'
import { matrixFrom, scaled } from '../matrix.ts'

/**
 * k = [−3 −10 −3; 0 0 0; 3 10 3] / 16, magnitude √((h² + v²)/2); skimage.filters.scharr, which convolves: so the sign is that
 * of below minus above, the opposite of fspecial's sobel and prewitt.
 */
export const scharr = gradientKind(
  {
    id: 'scharr',
    title: 'Scharr',
    description:
      'The difference of the rows below and above, smoothed so that all directions weigh alike: horizontal edges.',
    source: 'scikit-image, filters.scharr',
  },
  scaled(
    matrixFrom([
      [-3, -10, -3],
      [0, 0, 0],
      [3, 10, 3],
    ]),
    1 / 16,
  ),
  Math.SQRT1_2,
)
