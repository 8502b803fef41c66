import * as z from 'zod'
import { method } from './method.ts'
import { mul } from './tensor.ts'

/** a = x·∂F/∂x, in the model's preprocessed units. Shrikumar 2016. x, a: (C,H,W). */
export const gradientXInput = method({
  id: 'gradient-x-input',
  title: 'Gradient × input',
  description: 'The gradient times the preprocessed input: a first-order share of the score for each pixel.',
  source: 'Shrikumar, Greenside, Shcherbina, Kundaje: Not Just a Black Box, 2016, arXiv:1605.01713',
  channels: 'sum',
  over: 'input',
  params: z.object({}),
  run: ({ F, x }) => ({ map: mul(x, F.gradient(x)) }),
})
