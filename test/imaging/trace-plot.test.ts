import { describe, expect, it } from 'vitest'
import { captionOf } from '../../src/imaging/charts/maps.ts'
import { colormaps } from '../../src/imaging/colormap.ts'
import { mapsOf, type ScaleKind } from '../../src/imaging/maps.ts'
import { decodeRaster } from '../../src/imaging/raster.ts'
import { type TraceRow, tracePlot } from '../../src/imaging/trace-plot.ts'
import { summarize } from '../../src/networks/summary.ts'

const maps = (shape: readonly number[], data: readonly number[], scale: ScaleKind) =>
  mapsOf({ shape, data: Float64Array.from(data) }, summarize(data), scale)

const waves = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i))

const NOT_FINITE = [0xff, 0x1f, 0xc7]
const WHITE = [255, 255, 255]
const numbers = ['mean', 'std', 'min', 'max', 'zero', '‖∂L/∂y‖'].map(
  (label) => [label, '−1.23×10⁻⁴'] as const,
)

const row = (
  shape: readonly number[],
  values: readonly number[],
  gradient = values,
  rest: Partial<TraceRow> = {},
): TraceRow => ({
  title: 'relu_1',
  facts: 'relu, 2 × 2',
  formula: 'y = max(0, x)',
  numbers,
  values: maps(shape, values, 'sequential'),
  gradient: maps(shape, gradient, 'diverging'),
  labels: undefined,
  ...rest,
})

const drawn = async (rows: readonly (TraceRow | string)[], title = 'xor') => {
  const png = await tracePlot({ title, facts: ['L = 1', 'Target: 1.'], rows })
  const { width, height, data } = await decodeRaster(png)
  const colorAt = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
  /** below the legend, where there are so many pixels of a colour in this part of the width */
  const count = (color: readonly number[], from: number, to: number) => {
    let found = 0
    for (let y = 360; y < height; y++)
      for (let x = from; x < to; x++) if (colorAt(x, y).every((value, i) => value === color[i])) found++
    return found
  }
  const entry = (map: 'viridis' | 'rdbu', level: number) => [
    ...colormaps[map].table.subarray(3 * level, 3 * level + 3),
  ]
  return { width, height, colorAt, count, entry }
}
/** Where the columns of values and of gradients lie. */
const VALUES = [608, 1212] as const
const GRADIENT = [1256, 1860] as const

describe('tracePlot', () => {
  it('draws values and gradients as squares of their colours', async () => {
    const { width, count, entry } = await drawn([row([1, 2, 2], [0, 0, 0, 4], [0, 0, 0, -4])])
    expect(width).toBe(1920)
    // 64 × 64 pixels each, less what the digit on it covers
    const last = count(entry('viridis', 255), ...VALUES)
    expect(last).toBeGreaterThan(3500)
    expect(last).toBeLessThanOrEqual(64 * 64 + 200)
    expect(count(entry('rdbu', 0), ...GRADIENT)).toBeGreaterThan(3500)
    expect(count(entry('rdbu', 128), ...GRADIENT)).toBeGreaterThan(3 * 3500)
  })

  it('shows what is not finite in a colour of its own, nothing else so', async () => {
    const bad = await drawn([row([1, 1, 2], [Number.NaN, 1], [1, Number.NEGATIVE_INFINITY])])
    // a cell of 120 × 48 pixels, less the letters on it
    for (const [from, to] of [VALUES, GRADIENT]) {
      expect(bad.count(NOT_FINITE, from, to)).toBeGreaterThan(4000)
      expect(bad.count(NOT_FINITE, from, to)).toBeLessThanOrEqual(120 * 48)
    }
    const good = await drawn([row([1, 1, 2], [0, 1])])
    expect(good.count(NOT_FINITE, 0, 1920)).toBe(0)
    const none = await drawn([row([3], [Number.NaN, Number.NaN, Number.NaN])])
    expect(none.count(NOT_FINITE, ...VALUES)).toBeGreaterThan(3 * 4000)
  })

  it('draws nothing but zeros: dark values, gradients as pale as 0', async () => {
    const { count, entry } = await drawn([row([1, 9, 9], new Array(81).fill(0))])
    expect(count(entry('viridis', 0), ...VALUES)).toBeGreaterThan(9 * 9 * 30 * 30 - 1)
    expect(count(entry('rdbu', 128), ...GRADIENT)).toBeGreaterThan(9 * 9 * 30 * 30 - 1)
  })

  it('grows with its rows, and is within margins', async () => {
    const long = 'a very long name of a layer '.repeat(40)
    const rows = [
      row([16, 28, 28], waves(16 * 784), undefined, {
        title: long,
        facts: long,
        formula: long,
      }),
      'x '.repeat(2000),
      row([2000], waves(2000), undefined, {
        numbers: numbers.map(([label]) => [label, '−9.99×10⁻³⁰⁸']),
      }),
      row([2], [1e-200, 1e300], [-1e300, Number.NaN], { labels: ['a', 'b'] }),
    ]
    const one = await drawn([row([3], [1, 2, 3])])
    const four = await drawn(rows, long)
    expect(four.height).toBeGreaterThan(one.height + 600)
    const { width, height, colorAt } = four
    for (let y = 0; y < height; y++)
      for (const x of [20, 40, width - 40, width - 20]) expect(colorAt(x, y)).toEqual(WHITE)
    for (let x = 0; x < width; x++) expect(colorAt(x, height - 20)).toEqual(WHITE)
  })

  it('keeps the words of a row out of its maps', async () => {
    const wide = { title: 'w'.repeat(100), facts: 'w'.repeat(100), formula: 'w'.repeat(300) }
    const { height, colorAt } = await drawn([
      row([1], [1], undefined, { ...wide, numbers: numbers.map(([label]) => [label, '−9.99×10⁻³⁰⁸']) }),
    ])
    for (let y = 360; y < height - 100; y++) expect(colorAt(VALUES[0] - 6, y)).toEqual(WHITE)
  })

  it('writes names below a strip where they fit', async () => {
    const strip = (labels: readonly string[] | undefined) =>
      drawn([row([3], [1, 2, 3], undefined, { labels, numbers: [], formula: undefined })])
    const plain = await strip(undefined)
    expect((await strip(['a', 'b', 'c'])).height).toBeGreaterThan(plain.height)
    expect((await strip(['a', 'b', 'a name that is wider than its cell'])).height).toBe(plain.height)
    expect((await strip(['a', 'b'])).height).toBe(plain.height)
  })
})

describe('the line below maps', () => {
  it.each([
    ['limits', maps([2], [-1.5, 2], 'sequential'), { limits: ['−1.5', '2'] }],
    ['limits around 0', maps([2], [-1.5, 1], 'diverging'), { limits: ['−1.5', '1.5'] }],
    ['numbers that are alike', maps([2], [2, 2], 'sequential'), { limits: ['all 2'] }],
    ['zeros', maps([2], [0, 0], 'diverging'), { limits: ['all 0'] }],
    ['one number', maps([1], [2], 'sequential'), { limits: ['2'] }],
    ['channels beyond the 16th', maps([18, 2, 2], waves(72), 'sequential'), { more: '+2 more' }],
    ['a NaN', maps([3], [1, 2, Number.NaN], 'sequential'), { limits: ['1', '2'], notFinite: '1 NaN or ±∞' }],
    ['NaN only', maps([1], [Number.NaN], 'diverging'), { limits: [], notFinite: 'all 1 NaN or ±∞' }],
  ])('says %s', (_, of, says) => {
    expect(captionOf(of)).toEqual({
      limits: expect.anything(),
      more: undefined,
      notFinite: undefined,
      ...says,
    })
  })
})
