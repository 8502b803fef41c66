import { method } from './method.ts'
import { noisySchema, overNoise, statistic } from './noisy.ts'
import { meanSquareOf } from './statistics.ts'

/** mean over n noisy inputs of a(x + σ·z)², σ = noise·(max x − min x). Hooker 2019. x, map: (C,H,W). */
export const smoothgradSquared = method({
  id: 'smoothgrad-squared',
  title: 'SmoothGrad squared',
  description:
    'The mean of the squared attribution over noisy copies of the input: strength, whatever its sign.',
  source:
    'Hooker, Erhan, Kindermans, Kim: A Benchmark for Interpretability Methods, NeurIPS 2019, arXiv:1806.10758',
  channels: 'max',
  over: 'input',
  params: noisySchema,
  gradients: ({ samples }) => samples,
  run: (context, params) => overNoise(context, params, statistic(meanSquareOf)),
})
