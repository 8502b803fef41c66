import * as z from 'zod'
import { losses } from '../networks/loss.ts'
import { gradientOptimizerSchema } from '../networks/optimizer.ts'

/** Numbers in lists in lists, checked when they are read. */
export const nested = z.array(z.unknown(), 'expected numbers in lists')
export const precision = z.enum(['float32', 'float64']).optional().meta({
  description: 'float64: exact and slow; float32: the kernels. By default float64 for small networks',
  example: 'float64',
})
export const loss = z
  .enum([...losses.keys()])
  .optional()
  .meta({ description: 'By default that of its training, or mse', example: 'mse' })
export const optimizer = gradientOptimizerSchema.optional().meta({
  description: 'Proposes the update; by default that of its training if it goes by gradients, or sgd',
  example: { type: 'sgd', learningRate: 0.01 },
})

/** A number of an answer; null where it is not finite. */
export const number = (description: string) => z.number().nullable().meta({ description })
