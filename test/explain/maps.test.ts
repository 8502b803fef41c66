import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { baselineOf, gaussianBlur } from '../../src/explain/baseline.ts'
import { reduceChannels } from '../../src/explain/channels.ts'
import { argmax, scoreOf, softmax } from '../../src/explain/scores.ts'
import { sum } from '../../src/explain/tensor.ts'
import { nearest } from '../../src/faults/near.ts'
import { resizeBilinear } from '../../src/imaging/resize-bilinear.ts'
import { expectClose } from './close.ts'
import { fill } from './toys.ts'

describe('reduceChannels', () => {
  const a = tensor([2, 1, 2], [3, -1, -4, 0])
  test.each([
    ['max', [4, 1]],
    ['sum', [-1, -1]],
    ['mean', [-0.5, -0.5]],
    ['norm', [5, 1]],
  ] as const)('%s', (channels, expected) => {
    expectClose(reduceChannels(a, channels), [1, 2], expected, 0)
  })
  test('max of f32 is that of f64, NaN, infinities and zeros of either sign among them', () => {
    const planes = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }))
      .chain(([channels, cells]) =>
        fc
          .float32Array({ minLength: channels * cells, maxLength: channels * cells })
          .map((data) => tensor([channels, 1, cells], data)),
      )
    fc.assert(
      fc.property(planes, ({ shape, data }) => {
        const exact = reduceChannels(tensor(shape, Float64Array.from(data)), 'max')
        expect([...reduceChannels(tensor(shape, data), 'max').data]).toEqual([...exact.data])
      }),
    )
  })
  test('none keeps the channels', () => {
    expect(reduceChannels(a, 'none')).toBe(a)
  })
  test('answers as wide as it was asked', () => {
    expect(reduceChannels(tensor([1, 1, 1], Float32Array.of(1)), 'sum').data).toBeInstanceOf(Float32Array)
    expect(reduceChannels(a, 'sum').data).toBeInstanceOf(Float64Array)
  })
})

describe('resizeBilinear', () => {
  test('samples at half-pixel centres and repeats the edge (PyTorch 2.15, align_corners=False)', () => {
    const expected = [0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3]
    expectClose(resizeBilinear(tensor([2, 2], [0, 1, 2, 3]), 4, 4), [4, 4], expected, 1e-15)
  })
  test('keeps a map of its own size, and a constant at any size', () => {
    const map = fill([3, 5], (i) => i * i)
    expectClose(resizeBilinear(map, 3, 5), [3, 5], map.data, 0)
    expectClose(
      resizeBilinear(
        fill([2, 3], () => 7),
        5,
        4,
      ),
      [5, 4],
      new Array(20).fill(7),
      1e-15,
    )
    expectClose(
      resizeBilinear(
        fill([1, 1], () => 7),
        2,
        2,
      ),
      [2, 2],
      [7, 7, 7, 7],
      0,
    )
  })
})

describe('baselineOf', () => {
  const x = fill([3, 2, 2], (i) => i)
  const colour = (v: number) => [v, v + 1, v + 2]
  test.each([
    ['black', [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]],
    ['white', [255, 255, 255, 255, 256, 256, 256, 256, 257, 257, 257, 257]],
    [0.5, new Array(12).fill(0.5)],
  ] as const)('%s', (baseline, expected) => {
    expectClose(baselineOf({ x, colour }, baseline), [3, 2, 2], expected, 0)
  })
  test('blur keeps a constant image, and the mean of a spot far from the edge', () => {
    expectClose(
      gaussianBlur(
        fill([2, 5, 7], () => 3),
        2,
      ),
      [2, 5, 7],
      new Array(70).fill(3),
      1e-15,
    )
    const spot = fill([1, 41, 41], (i) => (i === 20 * 41 + 20 ? 1 : 0))
    const { data } = gaussianBlur(spot, 2)
    expect(sum(tensor([1681], data))).toBeCloseTo(1, 12)
    /** 1/(2πσ²), the sampled Gaussian's peak: its sum differs from the integral by less than 1e-6 at σ = 2 */
    expect(data[20 * 41 + 20]).toBeCloseTo(1 / (2 * Math.PI * 4), 4)
    expect(data[20 * 41 + 23]).toBeCloseTo(data[23 * 41 + 20] ?? NaN, 15)
  })
  test('blur works per channel', () => {
    const { data } = gaussianBlur(
      fill([2, 3, 3], (i) => (i < 9 ? 1 : 5)),
      1,
    )
    expectClose(tensor([18], data), [18], [...new Array(9).fill(1), ...new Array(9).fill(5)], 1e-15)
  })
})

describe('scores', () => {
  const row = [1000, 1001, 1001, -1000]
  test('argmax is the first of the largest', () => {
    expect(argmax(row)).toBe(1)
  })
  test('softmax and its logarithm do not overflow', () => {
    expect(scoreOf(row, 1, 'log-probability')).toBeCloseTo(-Math.log(2 + Math.exp(-1)), 14)
    expect(softmax(row)[3]).toBe(0)
    expect(softmax(row).reduce((a, b) => a + b)).toBeCloseTo(1, 14)
  })
})

describe('nearest', () => {
  test('lists the closest names first', () => {
    expect(nearest('layer4.conv', ['layer4', 'fc', 'layer4.conv2', 'relu'], 2)).toEqual([
      'layer4.conv2',
      'layer4',
    ])
  })
  test('takes an overlong name', () => {
    expect(nearest('x'.repeat(100_000), ['a', 'xx'], 1)).toEqual(['xx'])
  })
})
