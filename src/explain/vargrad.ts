import { method } from './method.ts'
import { noisySchema, overNoise, statistic } from './noisy.ts'
import { varianceOf } from './statistics.ts'

/** mean a² − (mean a)² over n noisy inputs x + σ·z, σ = noise·(max x − min x). Adebayo 2018. x, map: (C,H,W). */
export const vargrad = method({
  id: 'vargrad',
  title: 'VarGrad',
  description:
    'The variance of an attribution over noisy copies of the input: where it depends on small changes.',
  source:
    'Adebayo, Gilmer, Goodfellow, Kim: Local Explanation Methods for Deep Neural Networks, 2018, arXiv:1810.03307',
  channels: 'max',
  over: 'input',
  params: noisySchema,
  gradients: ({ samples }) => samples,
  run: (context, params) => overNoise(context, params, statistic(varianceOf)),
})
