import * as z from 'zod'
import { formatShape, sizeOf } from '../../core/ir/shape.ts'
import { NetworkError } from '../errors.ts'
import { hull, sum } from '../interval.ts'
import { layer } from '../layer.ts'

export const flatten = layer({
  type: 'flatten',
  title: 'Flatten',
  formula: 'y = all numbers of x in one row',
  derivative: { of: 'all', formula: '∂L/∂x = ∂L/∂y in the shape of x' },
  range: (x) => x,
  params: z.object({}),
  example: {},
  emit: (x, _, { g }) => {
    const [batch = 1, ...rest] = x.shape
    return g.reshape(x, [batch, sizeOf(rest)])
  },
})

/** y = x · mask/(1 − rate) in training, x in inference; each number is kept with chance 1 − rate. (Srivastava 2014) */
export const dropout = layer({
  type: 'dropout',
  title: 'Dropout',
  formula: 'y = x/(1 − rate) or 0 in training, x in inference',
  derivative: { of: 'all', formula: '∂y/∂x = 1/(1 − rate) where x is kept, else 0; 1 in inference' },
  range: (x) => x,
  params: z.object({
    rate: z.number().min(0).lt(1).default(0.5).describe('Chance that a number is dropped'),
  }),
  example: { rate: 0.2 },
  emit(x, { rate }, { g, mode, uniform }) {
    if (mode === 'inference' || rate === 0) return x
    // 1 where u ≥ rate: the step function of u − rate
    const above = g.sub(uniform(x.shape), g.scalar(rate))
    const mask = g.emit(
      'where',
      [
        g.emit('relu', [above], {}),
        g.expand(g.scalar(1 / (1 - rate)), x.shape),
        g.expand(g.scalar(0), x.shape),
      ],
      {},
    )
    return g.mul(x, mask)
  },
})

export const rot90 = layer({
  type: 'rot90',
  title: 'Quarter turns',
  formula: 'y = x turned by k · 90°',
  derivative: { of: 'all', formula: '∂L/∂x = ∂L/∂y turned by −k · 90°' },
  range: (x) => x,
  params: z.object({ k: z.int().min(-3).max(3).default(1).describe('Quarter turns, counter-clockwise') }),
  example: { k: -1 },
  emit: (x, { k }, { g }) => g.emit('rot90', [x], { k, axes: [2, 3] }),
})

const other = z.string().min(1).max(100).describe('Name of an earlier layer')

export const add = layer({
  type: 'add',
  title: 'Sum with an earlier layer',
  formula: 'y = x + z',
  derivative: { of: 'all', formula: '∂y/∂x = ∂y/∂z = 1' },
  range: (x, { with: name }, rangeOf) => sum(x, rangeOf(name)),
  params: z.object({ with: other }),
  example: { with: 'first' },
  emit: (x, { with: name }, { g, output }) => {
    const z = output(name)
    if (String(z.shape) !== String(x.shape))
      throw new NetworkError(
        'bad-spec',
        'with',
        `expected an output of ${formatShape(x.shape.slice(1))}, got ${formatShape(z.shape.slice(1))} of ${name}`,
      )
    return g.add(x, z)
  },
})

export const concat = layer({
  type: 'concat',
  title: 'Channels of an earlier layer beside these',
  formula: 'y = x and z, one after the other',
  derivative: { of: 'all', formula: '∂L/∂x and ∂L/∂z are the two parts of ∂L/∂y' },
  range: (x, { with: name }, rangeOf) => hull(x, rangeOf(name)),
  params: z.object({ with: other }),
  example: { with: 'first' },
  emit: (x, { with: name }, { g, output }) => g.emit('concat', [x, output(name)], { axis: 1 }),
})
