import * as z from 'zod'
import { method } from './method.ts'
import { deconvnetRules, reluWarnings } from './rules.ts'

/** The gradient with ct ↦ max(ct,0) at every ReLU, whatever passed forward. Zeiler & Fergus 2014. x, a: (C,H,W). */
export const deconvnet = method({
  id: 'deconvnet',
  title: 'Deconvnet',
  description: 'The gradient, let through each ReLU wherever it is positive, even where the unit was silent.',
  source: 'Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, ECCV 2014, arXiv:1311.2901',
  channels: 'max',
  over: 'input',
  warnings: [
    'deconvnet fails the model-randomisation check: it shows edges of the image more than what the model learned (Nie 2018)',
  ],
  params: z.object({}),
  run: ({ F, x }) => ({ map: F.gradient(x, deconvnetRules), warnings: reluWarnings(F, deconvnetRules) }),
})
