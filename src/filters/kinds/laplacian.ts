import { linear } from '../kind.ts'
import { laplacianMatrix, laplacianParams } from '../laplacian-matrix.ts'

/** k = 4/(α+1) · [α/4 (1−α)/4 α/4; (1−α)/4 −1 (1−α)/4; …], fspecial('laplacian'). */
export const laplacian = linear({
  id: 'laplacian',
  title: 'Laplacian',
  description: 'The second derivative: edges and fine detail, with their sign; sums to 0.',
  source: "MATLAB, fspecial('laplacian')",
  params: laplacianParams,
  kernel: ({ alpha }) => laplacianMatrix(alpha),
})
