import * as z from 'zod'
import { formatShape, sizeOf } from '../../core/ir/shape.ts'
import { NetworkError } from '../errors.ts'
import { biasOf, weightOf } from '../given.ts'
import { initializerSchema } from '../initializers.ts'
import { LINE } from '../interval.ts'
import { layer } from '../layer.ts'
import { valuesSchema } from '../values.ts'

/** y = W x + b, W of (units, inputs). A picture is taken row by row. */
export const fullyConnected = layer({
  type: 'fullyConnected',
  title: 'Fully connected',
  formula: 'y = W x + b',
  derivative: { of: 'all', formula: '∂L/∂x = Wᵀ ∂L/∂y; ∂L/∂W = ∂L/∂y xᵀ; ∂L/∂b = ∂L/∂y' },
  range: () => LINE,
  params: z.object({
    units: z.int().min(1).max(65_536).describe('Numbers that come out'),
    bias: z.boolean().default(true).describe('Whether a number is added to each of them'),
    init: initializerSchema.default('he').describe('The weights before training'),
    weights: valuesSchema.optional().describe('Given weights (units, inputs)'),
    biases: valuesSchema.optional().describe('Given biases, one per unit'),
  }),
  example: { units: 10, init: 'xavier' },
  parameters({ units, bias, init, weights, biases }, [, ...rest]) {
    return [
      weightOf('weight', 'weight', [units, sizeOf(rest)], init, weights),
      ...biasOf(bias, [units], biases),
    ]
  },
  emit(x, { bias }, { g, parameter }) {
    const [batch = 1, ...rest] = x.shape
    if (rest.length === 0)
      throw new NetworkError('bad-spec', '', `expected numbers to connect, got ${formatShape(rest)}`)
    const flat = g.reshape(x, [batch, sizeOf(rest)])
    const w = parameter('weight')
    const attrs = { alpha: 1, beta: 1, transA: false, transB: true }
    return g.emit('gemm', bias ? [flat, w, parameter('bias')] : [flat, w], attrs)
  },
})
