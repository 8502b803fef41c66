import { type GradientOptimizer, gradientOptimizerSchema, type OptimizerSpec } from '../networks/optimizer.ts'
import type { StoredNetwork } from '../networks/store.ts'

/** What a network was trained with, unless something else is asked for. */
export const lossAndOptimizer = (
  { training }: StoredNetwork,
  asked: { readonly loss?: string | undefined; readonly optimizer?: GradientOptimizer | undefined },
): { readonly loss: string; readonly optimizer: GradientOptimizer } => ({
  loss: asked.loss ?? training?.loss ?? 'mse',
  optimizer:
    asked.optimizer ?? byGradients(training?.optimizer) ?? gradientOptimizerSchema.parse({ type: 'sgd' }),
})

const byGradients = (optimizer: OptimizerSpec | undefined): GradientOptimizer | undefined =>
  optimizer?.type === 'levenberg-marquardt' ? undefined : optimizer
