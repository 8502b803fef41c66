import * as z from 'zod'
import { method } from './method.ts'

/** a = ∂F/∂x. Simonyan 2013. x, a: (C,H,W). */
export const gradient = method({
  id: 'gradient',
  title: 'Gradient',
  description:
    'How much the score changes when a pixel changes a little: the gradient of the score with respect to the input.',
  source: 'Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks, 2013, arXiv:1312.6034',
  channels: 'max',
  over: 'input',
  params: z.object({}),
  run: ({ F, x }) => ({ map: F.gradient(x) }),
})
