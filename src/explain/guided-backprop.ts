import * as z from 'zod'
import { method } from './method.ts'
import { guidedRules, reluWarnings } from './rules.ts'

/** The gradient with ct ↦ 1[0<z<hi]·max(ct,0) at every ReLU. Springenberg 2015. x, a: (C,H,W). */
export const guidedBackprop = method({
  id: 'guided-backprop',
  title: 'Guided backpropagation',
  description:
    'The gradient, let through each ReLU only where both the unit was active and the gradient is positive.',
  source:
    'Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity, ICLR workshop 2015, arXiv:1412.6806',
  channels: 'max',
  over: 'input',
  warnings: [
    'guided-backprop fails the model-randomisation check (Adebayo 2018): it shows edges of the image more than what the model learned',
  ],
  params: z.object({}),
  run: ({ F, x }) => ({ map: F.gradient(x, guidedRules), warnings: reluWarnings(F, guidedRules) }),
})
