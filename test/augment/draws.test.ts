import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DrawOptions, drawAll, NON_CUBIC, type Sample } from '../../src/augment/draws.ts'
import { GROUPS } from '../../src/augment/groups.ts'
import { LAYOUTS, spaceOf } from '../../src/augment/layout.ts'
import { apply, keepsShape, restore } from '../../src/augment/orientation.ts'
import { stridesOf } from '../../src/core/ir/shape.ts'
import { copyElements } from '../../src/imaging/copy-elements.ts'

const defaults: DrawOptions = {
  source: { kind: 'group', group: 'plane', axes: undefined },
  p: 1,
  sameOnBatch: false,
  seed: 0,
  nonCubic: 'ragged',
}
const volumes = (count: number, ...space: readonly number[]): Sample[] =>
  new Array<Sample>(count).fill({ shape: [count, ...space], layout: 'NDHW' })

const anyGroup = fc.constantFrom(...GROUPS)
const anySample = fc
  .constantFrom(...LAYOUTS)
  .chain((layout) =>
    fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: layout.length, maxLength: layout.length })
      .map((shape): Sample => ({ shape, layout })),
  )

describe('draws', () => {
  it('are undone by restore, whatever was drawn of whatever shape', () => {
    fc.assert(
      fc.property(
        anySample,
        anyGroup,
        fc.nat(),
        fc.constantFrom(...NON_CUBIC),
        (sample, group, seed, nonCubic) => {
          fc.pre(spaceOf(sample.layout).length === 3 || !group.startsWith('cube'))
          fc.pre(
            nonCubic !== 'error' ||
              new Set(spaceOf(sample.layout).map((axis) => sample.shape[axis])).size === 1,
          )
          const source = { kind: 'group', group, axes: undefined } as const
          const [draw] = drawAll([sample], { ...defaults, source, seed, nonCubic })
          if (!draw) throw new Error('one draw')
          const { shape } = sample
          const bytes = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)
          const there = apply({ offset: 0, shape, strides: stridesOf(shape) }, draw)
          const turned = copyElements(bytes, 1, there)
          const view = { offset: 0, shape: there.shape, strides: stridesOf(there.shape) }
          const back = restore(view, draw)
          expect(back.shape).toEqual(shape)
          expect(copyElements(turned, 1, back)).toEqual(bytes)
          // batch and channels stay
          for (const axis of shape.keys())
            if (!spaceOf(sample.layout).includes(axis)) expect(there.shape[axis]).toBe(shape[axis])
          if (nonCubic === 'half-turns') expect(there.shape).toEqual(shape)
        },
      ),
    )
  })

  it('are the same of the same seed, and others of another', () => {
    const draws = (seed: number) => drawAll(volumes(16, 3, 3, 3), { ...defaults, seed })
    expect(draws(5)).toEqual(draws(5))
    expect(draws(5)).not.toEqual(draws(6))
  })

  it('are replayed as they are, axes counted from the end included', () => {
    const samples = volumes(8, 3, 3, 3)
    const draws = drawAll(samples, {
      ...defaults,
      source: { kind: 'group', group: 'cube48', axes: undefined },
      p: 0.5,
    })
    expect(drawAll(samples, { ...defaults, source: { kind: 'draws', draws } })).toEqual(draws)
    const [one] = drawAll(volumes(1, 2, 3, 4), {
      ...defaults,
      source: { kind: 'draws', draws: [{ applied: true, k: -1, axes: [-3, -1] }] },
    })
    expect(one).toEqual({ applied: true, k: 3, axes: [1, 3] })
  })

  it('touch about a share p of the samples, and all or none with sameOnBatch', () => {
    const draws = drawAll(volumes(1000, 2, 2, 2), { ...defaults, p: 0.3 })
    const touched = draws.filter(({ applied }) => applied).length
    // four deviations of a binomial
    expect(Math.abs(touched - 300)).toBeLessThan(4 * Math.sqrt(1000 * 0.3 * 0.7))
    for (const seed of [1, 2, 3, 4]) {
      const together = drawAll(volumes(20, 2, 2, 2), { ...defaults, p: 0.5, sameOnBatch: true, seed })
      expect(new Set(together.map((draw) => JSON.stringify(draw))).size).toBe(1)
    }
    expect(drawAll(volumes(9, 2, 2, 2), { ...defaults, p: 0 }).some(({ applied }) => applied)).toBe(false)
  })

  it('do not depend on p but for being applied', () => {
    const turns = (p: number) => drawAll(volumes(20, 2, 2, 2), { ...defaults, p }).map(({ k }) => k)
    expect(turns(0.2)).toEqual(turns(1))
  })

  it('keep every shape with half-turns, one draw for samples of different shapes too', () => {
    const samples: Sample[] = [
      { shape: [4, 4], layout: 'HW' },
      { shape: [4, 6], layout: 'HW' },
    ]
    for (let seed = 0; seed < 20; seed++) {
      const options = { ...defaults, nonCubic: 'half-turns', sameOnBatch: true, seed } as const
      const draws = drawAll(samples, options)
      samples.forEach(({ shape }, i) => {
        const draw = draws[i]
        expect(draw && keepsShape(shape, draw)).toBe(true)
      })
      expect(draws[0]).toEqual(draws[1])
    }
  })

  it('of nothing are none', () => {
    expect(drawAll([], { ...defaults, sameOnBatch: true })).toEqual([])
  })

  it('take one k for all and axes for each, or the other way round', () => {
    const k = {
      kind: 'k',
      k: [5],
      axes: [
        [1, 2],
        [3, 1],
      ],
    } as const
    expect(drawAll(volumes(2, 2, 2, 2), { ...defaults, source: k })).toEqual([
      { applied: true, k: 1, axes: [1, 2] },
      { applied: true, k: 1, axes: [3, 1] },
    ])
    const axes = { kind: 'k', k: [0, -1], axes: [[-1, -2]] } as const
    expect(drawAll(volumes(2, 2, 2, 2), { ...defaults, source: axes })).toEqual([
      { applied: true, k: 0, axes: [3, 2] },
      { applied: true, k: 3, axes: [3, 2] },
    ])
  })
})

describe('what drawing refuses', () => {
  const flat = volumes(15, 3, 4, 6)
  const group = (name: (typeof GROUPS)[number], axes?: readonly (readonly [number, number])[]) =>
    ({ kind: 'group', group: name, axes }) as const

  it.each<[string, readonly Sample[], Partial<DrawOptions>, string, RegExp]>([
    [
      'unequal lengths under nonCubic=error, naming the shape and the two ways out',
      flat,
      { nonCubic: 'error' },
      'nonCubic',
      /\(15, 3, 4, 6\) .*D = 3, H = 4, W = 6.*nonCubic=half-turns.*nonCubic=ragged/,
    ],
    [
      'a quarter turn under nonCubic=error',
      flat,
      { nonCubic: 'error', source: { kind: 'k', k: [1], axes: [[1, 3]] } },
      'nonCubic',
      /sample 0 of shape \(15, 3, 4, 6\).*half-turns.*ragged/,
    ],
    [
      'a quarter turn under nonCubic=half-turns',
      flat,
      { nonCubic: 'half-turns', source: { kind: 'k', k: [1], axes: [[1, 3]] } },
      'k',
      /would change its shape/,
    ],
    [
      'the batch axis',
      flat,
      { source: group('plane', [[0, 3]]) },
      'axes',
      /1 \(D\), 2 \(H\), 3 \(W\).*got 0, the batch/,
    ],
    [
      'the channel axis',
      [{ shape: [2, 3, 4, 4], layout: 'NCHW' }],
      { source: group('plane', [[1, 2]]) },
      'axes',
      /2 \(H\), 3 \(W\) of shape \(2, 3, 4, 4\) read as NCHW, got 1, the channels/,
    ],
    ['an axis beyond the array', flat, { source: group('plane', [[2, 4]]) }, 'axes', /got 4/],
    [
      'one axis twice',
      flat,
      { source: group('plane', [[2, -2]]) },
      'axes',
      /two different axes, got 2 and -2/,
    ],
    [
      'axes for a group that chooses them',
      flat,
      { source: group('cube24', [[2, 3]]) },
      'axes',
      /cube24 chooses/,
    ],
    [
      'a cube of two axes',
      [{ shape: [5, 5], layout: 'HW' }],
      { source: group('cube24') },
      'group',
      /three axes/,
    ],
    [
      'three k for 15',
      flat,
      { source: { kind: 'k', k: [1, 2, 3], axes: undefined } },
      'k',
      /one k, or one for each of 15 samples, got 3/,
    ],
    [
      'two pairs for 15',
      flat,
      {
        source: group('plane', [
          [1, 2],
          [2, 3],
        ]),
      },
      'axes',
      /each of 15 samples, got 2/,
    ],
    [
      'draws of another batch',
      flat,
      { source: { kind: 'draws', draws: [{ applied: true, k: 1, axes: [1, 2] }] } },
      'draws',
      /expected one for each of 15 samples, got 1/,
    ],
    [
      'draws in axes that are not there',
      volumes(1, 3, 4, 6),
      {
        source: {
          kind: 'draws',
          draws: [{ applied: true, k: 1, axes: [1, 2], next: { k: 1, axes: [0, 2] } }],
        },
      },
      'draws',
      /got 0, the batch/,
    ],
    [
      'draws that flip the batch',
      volumes(1, 3, 4, 6),
      { source: { kind: 'draws', draws: [{ applied: true, k: 1, axes: [1, 2], flip: 0 }] } },
      'draws',
      /got 0, the batch/,
    ],
  ])('%s', (_, samples, options, parameter, says) => {
    expect(() => drawAll(samples, { ...defaults, ...options })).toThrow(
      expect.objectContaining({ name: 'AugmentError', parameter, message: expect.stringMatching(says) }),
    )
  })
})
