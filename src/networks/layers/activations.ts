import { z } from 'zod'
import { weightOf } from '../given.ts'
import { activation, layer } from '../layer.ts'
import { valuesSchema } from '../values.ts'

export const relu = activation('relu', 'ReLU', 'y = max(0, x)', (g, x) => g.emit('relu', [x], {}))
export const sigmoid = activation('sigmoid', 'Sigmoid', 'y = 1/(1 + e^(−x))', (g, x) =>
  g.emit('sigmoid', [x], {}),
)
export const tanh = activation('tanh', 'Tanh', 'y = tanh x', (g, x) => g.emit('tanh', [x], {}))
export const softmax = activation('softmax', 'Softmax', 'y = e^x / Σ e^x', (g, x) =>
  g.emit('softmax', [x], { axis: 1 }),
)

export const leakyRelu = layer({
  type: 'leakyRelu',
  title: 'Leaky ReLU',
  formula: 'y = x where x > 0, else slope · x',
  params: z.object({ slope: z.number().min(0).max(1).default(0.01).describe('Slope below 0') }),
  emit: (x, { slope }, { g }) => g.emit('leakyRelu', [x], { alpha: slope }),
})

export const prelu = layer({
  type: 'prelu',
  title: 'Parametric ReLU',
  formula: 'y = x where x > 0, else a[c] · x, a learnt',
  params: z.object({
    slope: z
      .number()
      .min(-1)
      .max(1)
      .default(0.25)
      .describe('Slope below 0 before training, of every channel'),
    weights: valuesSchema.optional().describe('Given slopes, one per channel'),
  }),
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
