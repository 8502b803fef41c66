import { describe, expect, it } from 'vitest'
import { arrangement, mapsOf } from '../../src/imaging/maps.ts'
import { summarize } from '../../src/networks/summary.ts'

const maps = (
  shape: readonly number[],
  data: readonly number[] | Float64Array,
  scale: 'sequential' | 'diverging' = 'sequential',
) => mapsOf({ shape, data: Float64Array.from(data) }, summarize(data), scale)

const rising = (count: number) => Array.from({ length: count }, (_, i) => i)
const levels = ({ tiles }: ReturnType<typeof maps>) => tiles.map((tile) => [...tile.levels])

describe('mapsOf', () => {
  it('makes a tile of each channel, on one scale', () => {
    const { tiles, cell, size, low, high, more, numbers } = maps([2, 2, 3], rising(12))
    expect(tiles).toEqual([
      { left: 0, top: 0, columns: 3, rows: 2, levels: Int16Array.of(0, 23, 46, 70, 93, 116) },
      { left: 200, top: 0, columns: 3, rows: 2, levels: Int16Array.of(139, 162, 185, 209, 232, 255) },
    ])
    expect({ cell, size, low, high, more }).toEqual({
      cell: { width: 64, height: 64 },
      size: { width: 392, height: 128 },
      low: 0,
      high: 11,
      more: 0,
    })
    expect(numbers).toEqual(rising(12))
  })

  it('has 0 in the middle of a diverging scale', () => {
    const { low, high, ...rest } = maps([4], [-1, 0, 2, 4], 'diverging')
    expect([low, high]).toEqual([-4, 4])
    expect(rest.tiles[0]?.levels).toEqual(Int16Array.of(96, 128, 191, 255))
  })

  it.each(['sequential', 'diverging'] as const)('of nothing but zeros is %s without a range', (scale) => {
    const zeros = maps([1, 2, 2], [0, 0, 0, 0], scale)
    expect(levels(zeros)).toEqual([new Array(4).fill(scale === 'diverging' ? 128 : 0)])
    expect([zeros.low, zeros.high]).toEqual([0, 0])
  })

  it('marks what is not finite, and leaves it out of the scale', () => {
    const some = maps([1, 2, 2], [Number.NaN, Number.POSITIVE_INFINITY, 1, 3])
    expect(levels(some)).toEqual([[-1, -1, 0, 255]])
    expect(some).toMatchObject({ low: 1, high: 3, notFinite: 2, count: 4 })
    const none = maps([2], [Number.NaN, Number.NEGATIVE_INFINITY], 'diverging')
    expect(levels(none)).toEqual([[-1, -1]])
    expect([none.low, none.high]).toEqual([Number.NaN, Number.NaN])
  })

  it('stands the largest numbers', () => {
    const most = Number.MAX_VALUE
    expect(levels(maps([3], [-most, 0, most]))).toEqual([[0, 128, 255]])
    expect(levels(maps([3], [-most, 0, most], 'diverging'))).toEqual([[0, 128, 255]])
  })

  it('draws 16 channels, and says how many more there are', () => {
    const many = maps([64, 7, 7], rising(64 * 49))
    expect(many.tiles).toHaveLength(16)
    expect(many).toMatchObject({ more: 48, shrunk: false, numbers: undefined, high: 64 * 49 - 1 })
    // those drawn have the scale of all
    expect(Math.max(...levels(many).flat())).toBe(Math.round((255 * (16 * 49 - 1)) / (64 * 49 - 1)))
  })

  it('shrinks what is large, and loses neither a single number nor a NaN', () => {
    const data = new Float64Array(3 * 300 * 1000)
    data[123_456] = -7
    data[700_001] = Number.NaN
    const large = maps([3, 300, 1000], data, 'diverging')
    expect(large).toMatchObject({ shrunk: true, cell: { width: 1, height: 1 }, low: -7, high: 7 })
    expect(large.size.width).toBeLessThanOrEqual(600)
    expect(large.size.height).toBeLessThanOrEqual(272)
    const [first, , third] = levels(large)
    expect(first?.filter((level) => level !== 128)).toEqual([0])
    expect(third?.filter((level) => level !== 128)).toEqual([-1])
  })

  it('keeps the few columns of a long map', () => {
    const { tiles, cell } = maps([1, 1024, 2], rising(2048))
    expect(tiles[0]).toMatchObject({ columns: 2, rows: 272 })
    expect(cell).toEqual({ width: 6, height: 1 })
  })

  it.each([
    [[1], 1, { columns: 1, rows: 1 }, { width: 120, height: 48 }],
    [[10], 1, { columns: 10, rows: 1 }, { width: 60, height: 48 }],
    [[30], 1, { columns: 30, rows: 1 }, { width: 20, height: 48 }],
    [[12, 1, 1], 1, { columns: 12, rows: 1 }, { width: 50, height: 48 }],
    [[1, 1, 1], 1, { columns: 1, rows: 1 }, { width: 120, height: 48 }],
    [[1, 5, 1], 1, { columns: 5, rows: 1 }, { width: 120, height: 48 }],
    [[40], 1, { columns: 20, rows: 2 }, { width: 30, height: 30 }],
    [[97], 2, { columns: 25, rows: 3 }, { width: 24, height: 24 }],
    [[1024], 1, { columns: 64, rows: 16 }, { width: 9, height: 9 }],
    [[65_536], 1, { columns: 64, rows: 16 }, { width: 9, height: 9 }],
  ])('makes a strip of %j', (shape, parts, first, cell) => {
    const count = shape.reduce((a, b) => a * b, 1)
    const strip = maps(shape, rising(count))
    expect(strip.tiles).toHaveLength(parts)
    expect(strip.tiles[0]).toMatchObject(first)
    expect(strip.cell).toEqual(cell)
    expect(strip.tiles.reduce((sum, tile) => sum + tile.columns * tile.rows, strip.more)).toBe(count)
    expect(strip.size.width).toBeLessThanOrEqual(600)
  })
})

describe('arrangement', () => {
  it.each([
    ['a digit', 28, 28, 1, { columns: 1, zoom: 9 }],
    ['8 maps', 28, 28, 8, { columns: 4, zoom: 4 }],
    ['16 maps', 28, 28, 16, { columns: 6, zoom: 3 }],
    ['small ones', 2, 2, 16, { columns: 6, zoom: 42 }],
    ['a single small one', 4, 4, 1, { columns: 1, zoom: 64 }],
  ])('enlarges by whole numbers: %s', (_, width, height, count, wanted) => {
    expect(arrangement(width, height, count)).toMatchObject(wanted)
  })

  it('fits its room', () => {
    for (const [width, height] of [
      [1, 9],
      [64, 3],
      [224, 224],
      [1024, 16],
    ] as const)
      for (let count = 1; count <= 16; count++) {
        const { columns, zoom } = arrangement(width, height, count)
        const rows = Math.ceil(count / columns)
        expect(columns * width * zoom + (columns - 1) * 8).toBeLessThanOrEqual(600 + 1e-9)
        expect(rows * height * zoom + (rows - 1) * 8).toBeLessThanOrEqual(272 + 1e-9)
      }
  })
})
