import * as z from 'zod'
import { weightOf } from '../given.ts'
import { clampedBelow, LINE, rising } from '../interval.ts'
import { activation, layer } from '../layer.ts'
import { valuesSchema } from '../values.ts'

/** (0, 1) */
const OPEN_UNIT = { low: { value: 0, reached: false }, high: { value: 1, reached: false } }

export const relu = activation({
  type: 'relu',
  title: 'ReLU',
  formula: 'y = max(0, x)',
  derivative: { of: 'each', formula: '∂y/∂x = 1 where x > 0, else 0' },
  range: clampedBelow,
  emit: (g, x) => g.emit('relu', [x], {}),
})

export const sigmoid = activation({
  type: 'sigmoid',
  title: 'Sigmoid',
  formula: 'y = 1/(1 + e^(−x))',
  derivative: { of: 'each', formula: '∂y/∂x = y (1 − y)' },
  range: (x) => rising(x, (at) => 1 / (1 + Math.exp(-at))),
  emit: (g, x) => g.emit('sigmoid', [x], {}),
})

export const tanh = activation({
  type: 'tanh',
  title: 'Tanh',
  formula: 'y = tanh x',
  derivative: { of: 'each', formula: '∂y/∂x = 1 − y²' },
  range: (x) => rising(x, Math.tanh),
  emit: (g, x) => g.emit('tanh', [x], {}),
})

export const softmax = activation({
  type: 'softmax',
  title: 'Softmax',
  formula: 'y = e^x / Σ e^x',
  derivative: { of: 'all', formula: '∂yᵢ/∂xⱼ = yᵢ (δᵢⱼ − yⱼ)' },
  range: () => OPEN_UNIT,
  emit: (g, x) => g.emit('softmax', [x], { axis: 1 }),
})

export const leakyRelu = layer({
  type: 'leakyRelu',
  title: 'Leaky ReLU',
  formula: 'y = x where x > 0, else slope · x',
  derivative: { of: 'each', formula: '∂y/∂x = 1 where x > 0, else slope' },
  range: (x, { slope }) => (slope === 0 ? clampedBelow(x) : rising(x, (at) => (at > 0 ? at : slope * at))),
  params: z.object({ slope: z.number().min(0).max(1).default(0.01).describe('Slope below 0') }),
  example: { slope: 0.2 },
  emit: (x, { slope }, { g }) => g.emit('leakyRelu', [x], { alpha: slope }),
})

export const prelu = layer({
  type: 'prelu',
  title: 'Parametric ReLU',
  formula: 'y = x where x > 0, else a[c] · x, a learnt',
  derivative: { of: 'each', formula: '∂y/∂x = 1 where x > 0, else a[c]' },
  range: (x) => (x.low.value >= 0 ? x : LINE),
  params: z.object({
    slope: z
      .number()
      .min(-1)
      .max(1)
      .default(0.25)
      .describe('Slope below 0 before training, of every channel'),
    weights: valuesSchema.optional().describe('Given slopes, one per channel'),
  }),
  example: {},
  parameters: ({ slope, weights }, [, channels = 1, ...sides]) => [
    weightOf(
      'slope',
      'weight',
      [channels, ...sides.map(() => 1)],
      { given: new Float64Array(channels).fill(slope) },
      weights,
    ),
  ],
  emit: (x, _, { g, parameter }) => g.emit('prelu', [x, parameter('slope')], {}),
})
