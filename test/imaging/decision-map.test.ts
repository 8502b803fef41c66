import { describe, expect, it } from 'vitest'
import { type DecisionPlot, decisionMapPicture } from '../../src/imaging/decision-map.ts'
import { decodeRaster } from '../../src/imaging/raster.ts'

const SIDE = 21

/** The unit square, class 1 right of the middle, with probabilities that rise evenly to the right. */
const plot = (rest: Partial<DecisionPlot> = {}): DecisionPlot => {
  const right = Float64Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE) / (SIDE - 1))
  const ofTwo = (values: readonly number[]) => Float64Array.from(values.flatMap((p) => [1 - p, p]))
  return {
    title: 'Halves',
    facts: '2 points',
    classNames: ['left', 'right'],
    axisTitles: { x: 'x', y: 'y' },
    view: { x: [0, 1], y: [0, 1] },
    grid: {
      columns: SIDE,
      rows: SIDE,
      classes: 2,
      scores: ofTwo([...right]),
      probabilities: ofTwo([...right]),
    },
    boundaries: [
      [
        [0.5, 0],
        [0.5, 1],
      ],
    ],
    points: [],
    opacity: 0.6,
    shading: 'probability',
    ...rest,
  }
}

/** The map in the picture's pixels: its left edge, its lower edge, its side. */
const [left, bottom, side] = [168, 944, 752]

const drawn = async (parts: DecisionPlot) => {
  const { width, data } = await decodeRaster(Buffer.from(await decisionMapPicture(parts, 'png')))
  return (x: number, y: number): readonly number[] => {
    const at = Math.round(bottom - y * side) * width + Math.round(left + x * side)
    return [...data.subarray(3 * at, 3 * at + 3)]
  }
}

const blueness = ([red = 0, , blue = 0]: readonly number[]): number => blue - red
const lightness = (color: readonly number[]): number => color.reduce((a, b) => a + b, 0)

describe('decisionMapPicture', () => {
  it('has each region in its colour, paler towards the boundary', async () => {
    const at = await drawn(plot())
    expect(blueness(at(0.02, 0.5))).toBeGreaterThan(30)
    expect(blueness(at(0.98, 0.5))).toBeLessThan(-30)
    expect(lightness(at(0.45, 0.5))).toBeGreaterThan(lightness(at(0.02, 0.5)) + 50)
  })

  it('has regions of one strength without shading, and of none without opacity', async () => {
    const even = await drawn(plot({ shading: 'none' }))
    expect(even(0.45, 0.5)).toEqual(even(0.02, 0.5))
    const clear = await drawn(plot({ opacity: 0 }))
    expect(clear(0.02, 0.5)).toEqual([255, 255, 255])
  })

  it('draws the boundary dark, and y upwards', async () => {
    const at = await drawn(
      plot({
        boundaries: [
          [
            [0, 0.8],
            [1, 0.8],
          ],
        ],
      }),
    )
    expect(lightness(at(0.3, 0.8))).toBeLessThan(200)
    expect(lightness(at(0.3, 0.2))).toBeGreaterThan(400)
  })

  it('rings points that are taken for another class, and no others', async () => {
    const point = { x: 0.2, y: 0.7, predicted: 0 }
    const red = ([r = 0, g = 0, b = 0]: readonly number[]) => r > 150 && g < 90 && b < 130
    const ringed = async (label: number | undefined) => {
      const at = await drawn(plot({ points: [{ ...point, label }] }))
      // somewhere on the way from the point to the left
      return Array.from({ length: 40 }, (_, i) => at(0.2 - i / side, 0.7)).some(red)
    }
    expect([await ringed(1), await ringed(0), await ringed(undefined)]).toEqual([true, false, false])
  })

  it('writes the same bytes for the same map', async () => {
    for (const format of ['png', 'svg'] as const)
      expect(await decisionMapPicture(plot(), format)).toEqual(await decisionMapPicture(plot(), format))
  })

  it.each(['</text></svg>&<', 'a\u0000\uD800', 'circles '.repeat(1000), '漢字'])(
    'stands the text %#',
    async (title) => {
      const names = Array.from({ length: 20 }, () => title)
      const texts = { title, facts: title, classNames: names, axisTitles: { x: title, y: title } }
      const svg = String(await decisionMapPicture(plot(texts), 'svg'))
      expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
      expect(svg.match(/<\/svg>/g)).toHaveLength(1)
      expect(Buffer.from(await decisionMapPicture(plot(texts), 'png')).length).toBeGreaterThan(0)
    },
  )
})
