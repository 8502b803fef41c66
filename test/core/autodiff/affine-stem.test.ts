import { describe, expect, it } from 'vitest'
import { affineStem } from '../../../src/core/autodiff/affine-stem.ts'
import type { Rule } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Value } from '../../../src/core/ir/graph.ts'
import { N } from '../../../src/core/ir/shape.ts'
import { seeded, uniform } from '../../helpers/random.ts'

const random = seeded(7)
const window = { groups: 1, strides: [2, 2], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
const numbers = (g: GraphBuilder, ...shape: readonly number[]): Value => g.constant(uniform(shape, random))
const conv = (g: GraphBuilder, x: Value): Value =>
  g.emit('conv', [x, numbers(g, 8, 3, 3, 3), numbers(g, 8)], window, 'conv')

/** The name of the last value of the stem of a net that goes on with a ReLU. */
function stemOf(build: (g: GraphBuilder, x: Value) => Value, rules: readonly Rule[] = []): string {
  const g = new GraphBuilder()
  const x = g.input('x', [N, 3, 9, 9])
  const y = build(g, x)
  return affineStem(g.build([g.emit('relu', [y], {}, 'relu')]), x, rules).name
}

describe('the affine stem', () => {
  it('is the first convolution of most nets', () => {
    expect(stemOf(conv)).toBe('conv')
  })

  it('takes what prepares the picture and what follows a convolution with it', () => {
    const build = (g: GraphBuilder, x: Value) => {
      const centred = g.div(g.sub(x, numbers(g, 3, 1, 1)), g.scalar(128))
      const padded = g.emit('pad', [centred], {
        pads: [0, 0, 1, 1, 0, 0, 1, 1],
        mode: 'reflect',
        value: 0,
      })
      const y = conv(g, padded)
      const statistics = [numbers(g, 8), numbers(g, 8), numbers(g, 8), numbers(g, 8)] as const
      const normal = g.emit('batchNorm', [y, ...statistics], { epsilon: 1e-3 })
      return g.emit('add', [numbers(g, 8, 1, 1), normal], {}, 'shifted')
    }
    expect(stemOf(build)).toBe('shifted')
  })

  it.each<[string, (g: GraphBuilder, x: Value) => Value]>([
    ['a product of the input with itself', (g, x) => g.mul(x, x)],
    ['a quotient by the input', (g, x) => g.div(g.scalar(1), x)],
    ['a sum of the input with what it becomes', (g, x) => g.add(x, g.mul(x, g.scalar(2)))],
    [
      'a convolution by weights that the input decides',
      (g, x) => {
        const w = g.reshape(g.reduceSum(x, [0], 'keep'), [9, 3, 3, 3])
        return g.emit('conv', [numbers(g, 1, 3, 9, 9), w], window)
      },
    ],
    ['anything that is no picture any more', (g, x) => g.reduceSum(x, [2, 3], 'drop')],
  ])('is the input itself before %s', (_, build) => {
    expect(stemOf(build)).toBe('x')
  })

  it('ends where the model answers its value', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 3, 9, 9])
    const y = conv(g, x)
    const z = g.emit('mul', [y, g.scalar(2)], {}, 'z')
    expect(affineStem(g.build([y, z]), x, []).name).toBe('conv')
  })

  it.each<[string, Rule['match'], string]>([
    ['the convolutions', (node) => node.op === 'conv', 'centred'],
    ['the first node', (_, { index }) => index === 0, 'x'],
    ['the last node', (_, { index, count }) => index === count - 1, 'conv'],
  ])('ends before %s where a rule has another vjp for them', (_, match, stem) => {
    const build = (g: GraphBuilder, x: Value) => conv(g, g.emit('sub', [x, g.scalar(127)], {}, 'centred'))
    const rule: Rule = { name: 'other', match, vjp: (__, ___, ct) => [() => ct] }
    expect(stemOf(build, [rule])).toBe(stem)
  })
})
