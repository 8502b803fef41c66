import * as z from 'zod'
import { both, layer, pair } from '../layer.ts'
import { imageSides, paddingSchema, padsOf } from '../window.ts'

const params = z.object({
  size: pair(1, 64).default(2).describe('Rows and columns of the window'),
  stride: pair(1, 64).optional().describe('Pixels from one window to the next; by default as many as it has'),
  padding: paddingSchema,
})

const example: z.input<typeof params> = { size: 3, stride: 2, padding: 'same' }

type Params = z.output<typeof params>

function windowOf({ size, stride, padding }: Params, sides: readonly [number, number]) {
  const kernel = both(size)
  const strides = both(stride ?? size)
  const dilations = [1, 1] as const
  return { kernel, strides, dilations, pads: padsOf(padding, { sides, kernel, strides, dilations }) }
}

export const maxPool = layer({
  type: 'maxPool',
  title: 'Maximum of windows',
  formula: 'y = max of x in the window',
  derivative: { of: 'all', formula: '∂y/∂x = 1 at the first largest x of the window, else 0' },
  range: (x) => x,
  params,
  example,
  emit: (x, given, { g }) => g.emit('maxPool', [x], { ...windowOf(given, imageSides(x)), ceilMode: false }),
})

export const avgPool = layer({
  type: 'avgPool',
  title: 'Mean of windows',
  formula: 'y = mean of x in the window',
  derivative: { of: 'all', formula: '∂y/∂x = 1/n for the n numbers of the window' },
  range: (x) => x,
  params,
  example,
  emit: (x, given, { g }) =>
    g.emit('averagePool', [x], {
      ...windowOf(given, imageSides(x)),
      ceilMode: false,
      countIncludePad: false,
    }),
})

export const globalAvgPool = layer({
  type: 'globalAvgPool',
  title: 'Mean of each channel',
  formula: 'y[c] = mean of x[c]',
  derivative: { of: 'all', formula: '∂y[c]/∂x[c] = 1/n for the n numbers of the channel' },
  range: (x) => x,
  params: z.object({}),
  example: {},
  emit: (x, _, { g }) => {
    imageSides(x)
    const mean = g.emit('globalAveragePool', [x], {})
    return g.reshape(mean, x.shape.slice(0, 2))
  },
})
