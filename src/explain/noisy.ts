import * as z from 'zod'
import type { Rule } from '../core/autodiff/differentiate.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { deconvnet } from './deconvnet.ts'
import { guidedBackprop } from './guided-backprop.ts'
import type { Attribution, GradientAnswer, GradientOptions, MethodContext } from './method.ts'
import { noisy, type Points } from './points.ts'
import { deconvnetRules, guidedRules, reluWarnings } from './rules.ts'
import type { StatisticOf } from './statistics.ts'
import { map, minmax } from './tensor.ts'

const baseIds = ['gradient', 'gradient-x-input', 'guided-backprop', 'deconvnet'] as const

export const noisySchema = z.object({
  samples: z.int().min(1).max(1000).default(25).describe('Number of noisy copies of the input'),
  noise: z
    .number()
    .min(0)
    .max(10)
    .default(0.15)
    .describe(
      'Standard deviation of the noise, as a share of the range (max − min) of the preprocessed input',
    ),
  base: z
    .enum(baseIds)
    .default('gradient')
    .describe('The gradient-type method that is applied to each noisy copy'),
})

/** What differs between gradient-type attributions: the rules, and what is made of the gradient at a point. */
interface Base {
  readonly rules: readonly Rule[]
  readonly answer: GradientAnswer
  readonly warnings?: readonly string[] | undefined
}
const bases: { readonly [B in (typeof baseIds)[number]]: Base } = {
  gradient: { rules: [], answer: 'gradient' },
  'gradient-x-input': { rules: [], answer: 'gradient-x-point' },
  'guided-backprop': { rules: guidedRules, answer: 'gradient', warnings: guidedBackprop.warnings },
  deconvnet: { rules: deconvnetRules, answer: 'gradient', warnings: deconvnet.warnings },
}

/** What is made of the attributions at all points: (C,H,W). */
type Summary = (context: MethodContext, points: Points, options: GradientOptions) => Tensor

/** mean a, added up in the runs. */
export const mean: Summary = ({ F }, points, options) =>
  F.gradientSum(points, new Array<number>(points.count).fill(1 / points.count), options)

export const statistic =
  (of: StatisticOf): Summary =>
  ({ F, x }, points, options) => {
    const samples = of(x.data.length)
    F.gradients(points, (sample) => samples.add(sample), options)
    return map(x, (_, i) => samples.at(i))
  }

/** A summary of the attribution a(x + σ·z), z standard normal, σ = noise·(max x − min x), over `samples` draws. x, map: (C,H,W). */
export function overNoise(
  context: MethodContext,
  { samples, noise, base }: z.output<typeof noisySchema>,
  summary: Summary,
): Attribution {
  const { F, x, random } = context
  const { rules, answer, warnings = [] } = bases[base]
  const { min, max } = minmax(x)
  const sigma = noise * (max - min)
  const keys = Array.from({ length: samples }, random.key)
  return {
    map: summary(context, noisy(x, sigma, keys), { rules, answer }),
    warnings: [
      ...warnings,
      ...(rules.length > 0 ? reluWarnings(F, rules) : []),
      ...(sigma === 0
        ? ['no noise was added (noise=0, or an image of one value): all samples are the same']
        : []),
    ],
  }
}
