import { linear } from '../kind.ts'
import { laplacianMatrix, laplacianParams } from '../laplacian-matrix.ts'
import { plusIdentity } from '../matrix.ts'

/** k = δ − laplacian(α), fspecial('unsharp'). */
export const unsharp = linear({
  id: 'unsharp',
  title: 'Unsharp',
  description: 'The picture minus its Laplacian as one kernel: sharpens.',
  source: "MATLAB, fspecial('unsharp')",
  params: laplacianParams,
  kernel: ({ alpha }) => plusIdentity(laplacianMatrix(alpha), -1, 1),
})
