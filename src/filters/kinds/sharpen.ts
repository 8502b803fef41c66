import { filter } from '../kind.ts'
import { laplacianMatrix, laplacianParams } from '../laplacian-matrix.ts'
import { correlate } from '../stages/correlate.ts'

/** x − laplacian(α) x: the preset of the Laplacian with combine=subtract, MATLAB's imsubtract(I, imfilter(I, k)). */
export const sharpen = filter({
  id: 'sharpen',
  title: 'Sharpen',
  description: 'The picture minus its Laplacian: a preset of laplacian with combine=subtract.',
  source: 'MATLAB, imsubtract(I, imfilter(I, fspecial("laplacian")))',
  params: laplacianParams,
  combine: 'subtract',
  stages: ({ alpha }) => [correlate(laplacianMatrix(alpha))],
})
