import { describe, expect, it } from 'vitest'
import { colormaps } from '../../src/imaging/colormap.ts'
import { decodeRaster } from '../../src/imaging/raster.ts'
import { type Response, responsePlot } from '../../src/imaging/response-plot.ts'

const SIDE = 33

/** A response by a formula of fy and fx, and a kernel that need not be its own. */
const parts = (formula: (fy: number, fx: number) => number, rest: Partial<Response> = {}): Response => ({
  title: 'laplacian:0.2',
  magnitude: {
    side: SIDE,
    values: Float64Array.from({ length: SIDE * SIDE }, (_, i) =>
      formula((Math.floor(i / SIDE) - 16) / 32, ((i % SIDE) - 16) / 32),
    ),
  },
  kernel: { rows: 3, columns: 3, data: Float64Array.of(0, 1, 0, 1, -4, 1, 0, 1, 0) },
  sum: 0,
  ...rest,
})

const drawn = async (response: Response) => {
  const { width, height, data } = await decodeRaster(await responsePlot(response))
  return {
    size: [width, height],
    colorAt: (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)],
  }
}

const zero = [...colormaps.viridis.table.subarray(0, 3)]
const most = [...colormaps.viridis.table.subarray(-3)]
/** The heat map in the picture's pixels: left, top and side. */
const [left, top, side] = [168, 224, 640]

describe('responsePlot', () => {
  it('is a slide, with 0 in the middle and ±½ at the edges of the heat map', async () => {
    const { size, colorAt } = await drawn(parts((fy, fx) => (fy === 0 && fx === 0 ? 1 : 0)))
    expect(size).toEqual([1920, 1080])
    expect(colorAt(left + side / 2, top + side / 2)).not.toEqual(zero)
    for (const [x, y] of [
      [0, 0],
      [side - 1, 0],
      [0, side - 1],
      [side - 1, side - 1],
    ] as const)
      expect(colorAt(left + x, top + y)).toEqual(zero)
  })

  it('has fx from left to right and fy from top to bottom', async () => {
    const { colorAt } = await drawn(parts((fy, fx) => (fy === 0.5 && fx === -0.5 ? 1 : 0)))
    expect(colorAt(left, top + side - 1)).toEqual(most)
    expect(colorAt(left, top)).toEqual(zero)
    expect(colorAt(left + side - 1, top + side - 1)).toEqual(zero)
  })

  it('ends the colour scale at 0 and at the largest gain', async () => {
    const { colorAt } = await drawn(parts((fy) => Math.abs(fy) * 8))
    const y = top + side + 2 * 64
    expect(colorAt(left, y)).toEqual(zero)
    expect(colorAt(left + side - 1, y)).toEqual(most)
  })

  it.each([
    ['1 × 1', 1, 1],
    ['7 × 7', 7, 7],
    ['8 × 8', 8, 8],
    ['255 × 255', 255, 255],
    ['1 × 255', 1, 255],
    ['255 × 1', 255, 1],
  ])('draws a kernel of %s', async (_name, rows, columns) => {
    const data = new Float64Array(rows * columns).fill(-1)
    const { colorAt } = await drawn(parts(() => 1, { kernel: { rows, columns, data } }))
    const blue = colorAt(1041, 681)
    expect(blue[2]).toBeGreaterThan((blue[0] ?? 0) + 50)
  })

  it.each([
    ['nothing passes', 0],
    ['everything passes', 1],
    ['almost nothing passes', 1e-300],
    ['it amplifies beyond measure', 1e300],
  ])('draws a response by which %s', async (_name, gain) => {
    const kernel = { rows: 1, columns: 1, data: Float64Array.of(gain) }
    const { size } = await drawn(parts(() => gain, { kernel, sum: gain }))
    expect(size).toEqual([1920, 1080])
  })

  it('writes title, sum and entries: each changes the picture, and the same parts do not', async () => {
    const entries = (data: Float64Array) => ({ rows: 1, columns: 3, data })
    const pictures = await Promise.all(
      [
        parts(() => 1),
        parts(() => 1),
        parts(() => 1, { title: 'σ → α' }),
        parts(() => 1, { sum: 2 }),
        parts(() => 1, { kernel: entries(Float64Array.of(1, 2, 3)) }),
        parts(() => 1, { kernel: entries(Float64Array.of(1, 2.01, 3)) }),
      ].map(responsePlot),
    )
    const [first, same, ...others] = pictures.map((picture) => picture.toString('base64'))
    expect(same).toBe(first)
    expect(new Set([first, ...others]).size).toBe(5)
  })

  it.each(['</text></svg>&<', 'a\u0000\uD800', 'gaussian '.repeat(10_000), ''])(
    'stands the title %#',
    async (title) => {
      const { colorAt } = await drawn(parts(() => 1, { title }))
      for (let y = 0; y < 200; y++) expect(colorAt(1900, y)).toEqual([255, 255, 255])
    },
  )
})
