import { method } from './method.ts'
import { mean, noisySchema, overNoise } from './noisy.ts'

/** mean over n noisy inputs of a(x + σ·z), σ = noise·(max x − min x). Smilkov 2017. x, map: (C,H,W). */
export const smoothgrad = method({
  id: 'smoothgrad',
  title: 'SmoothGrad',
  description:
    'The mean of an attribution over noisy copies of the input: what flickers from copy to copy averages out.',
  source: 'Smilkov, Thorat, Kim, Viégas, Wattenberg: SmoothGrad, 2017, arXiv:1706.03825',
  channels: 'max',
  over: 'input',
  params: noisySchema,
  gradients: ({ samples }) => samples,
  run: (context, params) => overNoise(context, params, mean),
})
