import * as z from 'zod'
import { baselineOf, baselineSchema } from './baseline.ts'
import { method } from './method.ts'
import { between } from './points.ts'
import { quadrature, quadratureRules } from './quadrature.ts'
import { mul, sub, sum } from './tensor.ts'

/** a = (x−b)·Σ wₖ ∂F/∂x(b+αₖ(x−b)), Sundararajan 2017. x, b, a: (C,H,W). gap = Σa − (F(x)−F(b)). */
export const integratedGradients = method({
  id: 'integrated-gradients',
  title: 'Integrated gradients',
  description:
    'The gradient averaged on the straight line from a baseline to the input, times their difference: shares that add up to the difference of the scores, up to the completeness gap.',
  source: 'Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks, ICML 2017, arXiv:1703.01365',
  channels: 'sum',
  over: 'input',
  params: z
    .object({
      steps: z.int().min(1).max(1000).default(50).describe('Number of gradients along the line'),
      rule: z
        .enum(quadratureRules)
        .default('gauss-legendre')
        .describe('How the integral along the line is approximated'),
      baseline: baselineSchema,
    })
    .refine(({ rule, steps }) => rule !== 'trapezoid' || steps >= 2, {
      path: ['steps'],
      message: 'expected at least 2 with rule=trapezoid, got 1',
    }),
  gradients: ({ steps }) => steps,
  run({ F, x, colour }, { steps, rule, baseline }) {
    const b = baselineOf({ x, colour }, baseline)
    const { alphas, weights } = quadrature(rule, steps)
    const a = mul(sub(x, b), F.gradientSum(between(b, x, alphas), weights))
    const difference = F.score(x) - F.score(b)
    const gap = sum(a) - difference
    return { map: a, gap, warnings: incompleteWarnings(gap, difference) }
  },
})

/** A gap beyond this share of the difference of the scores is told. */
const SMALL_GAP = 0.05

const incompleteWarnings = (gap: number, difference: number): readonly string[] =>
  Math.abs(gap) > SMALL_GAP * Math.abs(difference)
    ? [
        `the shares miss the difference of the scores, ${difference.toPrecision(3)}, by ${gap.toPrecision(3)}: take more steps or a nearer baseline`,
      ]
    : []
