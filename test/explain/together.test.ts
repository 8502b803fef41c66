import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { N } from '../../src/core/ir/shape.ts'
import type { ExplainJob } from '../../src/explain/job.ts'
import { companyKey, mostTogether } from '../../src/explain/together.ts'
import { fill } from './toys.ts'

/** A 3×3 convolution. */
function convNet(channels: number, size: number, batch: number | typeof N = N, weight = 1) {
  const g = new GraphBuilder()
  const input = g.input('x', [batch, channels, size, size])
  const w = g.constant(fill([channels, channels, 3, 3], () => weight))
  const attrs = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
  const logits = g.emit('conv', [input, w], attrs)
  return { graph: g.build([logits]), input, stored: new Map() }
}

describe('mostTogether', () => {
  it.each([
    ['a convolution that no batch makes another of', convNet(3, 32), 2],
    ['one that Winograd computes alone and in company', convNet(64, 56), 2],
    ['one that Winograd computes by other tiles in company', convNet(512, 4), 1],
    ['a model that takes one input', convNet(3, 32, 1), 1],
    ['weights that are not finite', convNet(3, 32, N, Infinity), 1],
    [
      'stored weights that are not',
      { ...convNet(3, 32), stored: new Map([[convNet(3, 32).input, { areFinite: false }]]) },
      1,
    ],
  ])('of %s', (_, model, most) => {
    expect(mostTogether(model)).toBe(most)
  })
})

describe('companyKey', () => {
  const job: ExplainJob = {
    ...{ kind: 'explain', input: fill([1, 1], () => 1), method: 'gradient', params: {}, target: 'top' },
    ...{ of: 'logit', channels: 'default', layer: undefined, seed: 0 },
  }

  it('is one for all inputs and seeds', () => {
    expect(companyKey({ ...job, input: fill([1, 1], () => 2), seed: 7 })).toBe(companyKey(job))
  })

  it.each<Partial<ExplainJob>>([
    { method: 'guided-backprop' },
    { target: 0 },
    { of: 'probability' },
    { channels: 'none' },
    { method: 'grad-cam', layer: 'a' },
    { method: 'grad-cam', params: { relu: false } },
  ])('is another for another question: %o', (other) => {
    expect(companyKey({ ...job, ...other })).toEqual(expect.any(String))
    expect(companyKey({ ...job, ...other })).not.toBe(companyKey(job))
  })

  it.each(['integrated-gradients', 'smoothgrad'])(
    'is none of a method of several gradients: %s',
    (method) => {
      expect(companyKey({ ...job, method })).toBeUndefined()
    },
  )
})
