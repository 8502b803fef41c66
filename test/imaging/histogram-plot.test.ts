import { describe, expect, it } from 'vitest'
import { type HistogramPanel, histogramPlot } from '../../src/imaging/histogram-plot.ts'
import { decodeRaster } from '../../src/imaging/raster.ts'

const panel: HistogramPanel = {
  title: 'relu_1',
  values: 'output',
  min: 0,
  max: 2,
  counts: [30, 10],
  mark: 'plain',
}
const PLAIN = [0x2f, 0x6f, 0xb7]
const STRIKING = [0xd9, 0x65, 0x2b]

const drawn = async (panels: readonly HistogramPanel[], sentences: readonly string[] = []) => {
  const { width, height, data } = await decodeRaster(await histogramPlot({ title: 'xor', sentences, panels }))
  /** pixels of a colour in each column */
  const columns = (color: readonly number[]) =>
    Array.from({ length: width }, (_, x) => {
      let count = 0
      for (let y = 0; y < height; y++)
        if (color.every((value, i) => data[(y * width + x) * 3 + i] === value)) count++
      return count
    })
  return { width, height, columns }
}

describe('histogramPlot', () => {
  it('draws bars as high as their counts', async () => {
    const { columns } = await drawn([panel])
    const heights = columns(PLAIN).filter((count) => count > 0)
    const [first = 0, last = 0] = [heights[5], heights.at(-5)]
    expect(first / last).toBeCloseTo(3, 1)
  })

  it('marks what is striking, and grows with the panels, three in a row', async () => {
    const one = await drawn([{ ...panel, mark: 'striking' }])
    const four = await drawn([panel, panel, panel, panel])
    expect(one.columns(PLAIN).every((count) => count === 0)).toBe(true)
    expect(one.columns(STRIKING).some((count) => count > 0)).toBe(true)
    expect(four.height).toBeGreaterThan(one.height + 300)
    expect([one.width, four.width]).toEqual([1920, 1920])
  })

  it('draws numbers that are all alike, and none at all', async () => {
    const { columns } = await drawn([{ ...panel, max: 0 }])
    expect(columns(PLAIN).filter((count) => count > 0).length).toBeGreaterThan(2)
    const none = { ...panel, min: Number.NaN, max: Number.NaN, counts: [0, 0] }
    expect((await drawn([none])).columns(PLAIN).every((count) => count === 0)).toBe(true)
  })

  it('has room for long stories', async () => {
    const few = await drawn([panel], ['One.'])
    const many = await drawn([panel], new Array(100).fill('<b>A long story</b> & more '.repeat(20)))
    expect(many.height).toBeGreaterThan(few.height)
    expect(many.height).toBeLessThan(few.height + 1000)
  })
})
