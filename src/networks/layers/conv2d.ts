import * as z from 'zod'
import { NetworkError } from '../errors.ts'
import { biasOf, weightOf } from '../given.ts'
import { initializerSchema } from '../initializers.ts'
import { LINE } from '../interval.ts'
import { both, layer, pair } from '../layer.ts'
import { valuesSchema } from '../values.ts'
import { imageSides, paddingSchema, padsOf } from '../window.ts'

/** y[m,o] = b[m] + Σ w[m,c,t] · x[c, o·stride − pad + t·dilation] */
export const conv2d = layer({
  type: 'conv2d',
  title: 'Convolution',
  formula: 'y[m] = b[m] + Σ w[m,c] ⋆ x[c]',
  derivative: {
    of: 'all',
    formula: '∂L/∂x[c] = Σ w[m,c] turned by 180° ⋆ ∂L/∂y[m]; ∂L/∂w[m,c] = x[c] ⋆ ∂L/∂y[m]',
  },
  range: () => LINE,
  params: z.object({
    filters: z.int().min(1).max(4096).describe('Channels that come out'),
    kernel: pair(1, 31).default(3).describe('Rows and columns of the kernel'),
    stride: pair(1, 16).default(1).describe('Pixels from one place of the kernel to the next'),
    dilation: pair(1, 16).default(1).describe('Pixels from one weight to the next'),
    padding: paddingSchema,
    groups: z
      .int()
      .min(1)
      .max(4096)
      .default(1)
      .describe('Groups of channels that are convolved by themselves'),
    bias: z.boolean().default(true).describe('Whether a number is added to each channel'),
    init: initializerSchema.default('he').describe('The weights before training'),
    weights: valuesSchema.optional().describe('Given weights (filters, channels/groups, rows, columns)'),
    biases: valuesSchema.optional().describe('Given biases, one per filter'),
  }),
  example: { filters: 8, kernel: [3, 5], padding: 'same' },
  parameters({ filters, kernel, groups, bias, init, weights, biases }, [, channels = 1]) {
    if (channels % groups !== 0 || filters % groups !== 0)
      throw new NetworkError(
        'bad-spec',
        'groups',
        `expected a number that divides ${channels} channels and ${filters} filters, got ${groups}`,
      )
    const weight = [filters, channels / groups, ...both(kernel)]
    return [weightOf('weight', 'weight', weight, init, weights), ...biasOf(bias, [filters], biases)]
  },
  emit(x, { kernel, stride, dilation, padding, groups, bias }, { g, parameter }) {
    const strides = both(stride)
    const dilations = both(dilation)
    const pads = padsOf(padding, { sides: imageSides(x), kernel: both(kernel), strides, dilations })
    const w = parameter('weight')
    return g.emit('conv', bias ? [x, w, parameter('bias')] : [x, w], { strides, dilations, pads, groups })
  },
})
