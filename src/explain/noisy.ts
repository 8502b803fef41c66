import { z } from 'zod'
import type { Rule } from '../core/autodiff/differentiate.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { deconvnet } from './deconvnet.ts'
import { guidedBackprop } from './guided-backprop.ts'
import type { Attribution, MethodContext } from './method.ts'
import type { Random } from './random.ts'
import { deconvnetRules, guidedRules, reluWarnings } from './rules.ts'
import { emptyLike, map, minmax, mul } from './tensor.ts'

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
  readonly attribution: (gradient: Tensor, point: Tensor) => Tensor
  readonly warnings?: readonly string[] | undefined
}
const itself = (gradient: Tensor): Tensor => gradient
const bases: { readonly [B in (typeof baseIds)[number]]: Base } = {
  gradient: { rules: [], attribution: itself },
  'gradient-x-input': { rules: [], attribution: mul },
  'guided-backprop': { rules: guidedRules, attribution: itself, warnings: guidedBackprop.warnings },
  deconvnet: { rules: deconvnetRules, attribution: itself, warnings: deconvnet.warnings },
}

/**
 * A statistic of the attribution a(x + σ·z), z standard normal, σ = noise·(max x − min x), over `samples` draws, from
 * its mean and its variance (mean a² − (mean a)², by Welford's update in f64: never below 0). x, map: (C,H,W).
 */
export function overNoise(
  { F, x, random }: MethodContext,
  { samples, noise, base }: z.output<typeof noisySchema>,
  statistic: (mean: number, variance: number) => number,
): Attribution {
  const { rules, attribution, warnings = [] } = bases[base]
  const { min, max } = minmax(x)
  const sigma = noise * (max - min)
  const mean = new Float64Array(x.data.length)
  const squares = new Float64Array(x.data.length)
  let count = 0
  const update = (gradient: Tensor, point: Tensor) => {
    const a = attribution(gradient, point).data
    count++
    for (let i = 0; i < mean.length; i++) {
      const value = a[i] ?? 0
      const before = mean[i] ?? 0
      const after = before + (value - before) / count
      mean[i] = after
      squares[i] = (squares[i] ?? 0) + (value - before) * (value - after)
    }
  }
  F.gradients(noisyPoints(x, sigma, samples, random), update, rules)
  return {
    map: map(x, (_, i) => statistic(mean[i] ?? 0, (squares[i] ?? 0) / count)),
    warnings: [
      ...warnings,
      ...(rules.length > 0 ? reluWarnings(F, rules) : []),
      ...(sigma === 0
        ? ['no noise was added (noise=0, or an image of one value): all samples are the same']
        : []),
    ],
  }
}

function* noisyPoints(x: Tensor, sigma: number, samples: number, random: Random): Generator<Tensor> {
  for (let sample = 0; sample < samples; sample++) yield addNoise(x, sigma, random)
}

/** x + σ·z */
function addNoise(x: Tensor, sigma: number, random: Random): Tensor {
  const out = emptyLike(x)
  for (let i = 0; i < out.length; i++) out[i] = (x.data[i] ?? 0) + sigma * random.normal()
  return tensor(x.shape, out)
}
