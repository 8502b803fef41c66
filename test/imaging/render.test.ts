import { describe, expect, it } from 'vitest'
import { COLORMAP_IDS, colormaps } from '../../src/imaging/colormap.ts'
import type { DecodedImage } from '../../src/imaging/decode.ts'
import { placeCrop } from '../../src/imaging/placement.ts'
import { type Explanation, type Picture, render } from '../../src/imaging/render.ts'
import { VIEW_IDS } from '../../src/imaging/views/index.ts'

const grey: DecodedImage = {
  width: 90,
  height: 60,
  pixels: Buffer.alloc(90 * 60 * 3, 200),
  format: 'png',
  warnings: [],
}
const model = { width: 20, height: 20 }
const placement = placeCrop(grey, model, 'cover', 0.5)

const mapOf = (value: (y: number, x: number) => number) =>
  ({
    shape: [20, 20],
    dtype: 'float',
    data: Float32Array.from({ length: 400 }, (_, i) => value(Math.floor(i / 20), i % 20)),
  }) as const

/** All importance in the upper left quarter of the crop. */
const corner: Explanation = {
  map: mapOf((y, x) => (y < 10 && x < 10 ? 1 : 0)),
  image: grey,
  placement,
  model,
}
const signed: Explanation = {
  ...corner,
  map: mapOf((y, x) => (y < 10 && x < 10 ? 1 : y >= 10 && x >= 10 ? -1 : 0)),
}

const colorAt = ({ width, pixels }: Picture, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]
const photo = [200, 200, 200]
const sharp = { smoothing: 0 }

describe('render', () => {
  it('lays the map exactly where the crop was', async () => {
    expect(placement).toEqual({ left: 30, top: 15, width: 30, height: 30 })
    const around = await render(corner, { ...sharp, view: 'heatmap' })
    const seen = (x: number, y: number) => colorAt(around, x, y).join() !== '96,96,96'
    const picture = await render(corner, { ...sharp, opacity: 1 })
    const strongest = colormaps.turbo.table.subarray(-3).join()
    for (let y = 0; y < 60; y++)
      for (let x = 0; x < 90; x++) {
        if (seen(x, y) !== (x >= 30 && x < 60 && y >= 15 && y < 45)) expect.fail(`pixel ${x},${y}`)
        // between the centres of the corner's last cell and of its neighbour, at 1.5 pixels each, colours blend
        if (x === 44 || x === 45 || y === 29 || y === 30) continue
        const inCorner = x >= 30 && x < 44 && y >= 15 && y < 29
        expect(colorAt(picture, x, y).join()).toBe(inCorner ? strongest : photo.join())
      }
  })

  it('keeps the photo where the map has no strength', async () => {
    const flat = { ...corner, map: mapOf(() => 0.7) }
    for (const view of ['overlay', 'side-by-side'] as const)
      expect((await render(flat, { view })).pixels.every((byte) => byte === 200)).toBe(true)
  })

  it('draws the strongest in the last colour at the given opacity', async () => {
    const picture = await render(corner, { ...sharp, opacity: 0.5 })
    const last = [...colormaps.turbo.table.subarray(-3)]
    expect(colorAt(picture, 35, 20)).toEqual(last.map((c) => Math.round((200 + c) / 2)))
  })

  it('shows the photo beside the overlay', async () => {
    const overlay = await render(corner)
    const both = await render(corner, { view: 'side-by-side' })
    expect([both.width, both.height]).toEqual([180, 60])
    for (let y = 0; y < 60; y++) {
      expect(both.pixels.subarray(y * 540, y * 540 + 270).every((byte) => byte === 200)).toBe(true)
      expect(both.pixels.subarray(y * 540 + 270, (y + 1) * 540)).toEqual(
        overlay.pixels.subarray(y * 270, (y + 1) * 270),
      )
    }
  })

  it('masks what does not matter, and what the model did not see', async () => {
    const picture = await render(corner, { ...sharp, view: 'mask', opacity: 1 })
    expect(colorAt(picture, 35, 20)).toEqual(photo)
    expect(colorAt(picture, 55, 40)).toEqual([0, 0, 0])
    expect(colorAt(picture, 5, 5)).toEqual([0, 0, 0])
  })

  it('shows the bare map, grey around it', async () => {
    const picture = await render(corner, { ...sharp, view: 'heatmap', colormap: 'viridis' })
    expect(colorAt(picture, 35, 20)).toEqual([253, 231, 37])
    expect(colorAt(picture, 55, 40)).toEqual([68, 1, 84])
    expect(colorAt(picture, 5, 5)).toEqual([96, 96, 96])
  })

  it('tells for from against in a diverging colour map', async () => {
    const picture = await render(signed, { ...sharp, view: 'heatmap', colormap: 'rdbu' })
    expect(colorAt(picture, 35, 20)).toEqual([...colormaps.rdbu.table.subarray(-3)])
    expect(colorAt(picture, 55, 40)).toEqual([...colormaps.rdbu.table.subarray(0, 3)])
    expect(Math.min(...colorAt(picture, 55, 20))).toBeGreaterThan(235)
  })

  it('takes |value| in a sequential colour map', async () => {
    const picture = await render(signed, { ...sharp, view: 'heatmap', colormap: 'gray' })
    expect([colorAt(picture, 35, 20), colorAt(picture, 55, 40)]).toEqual([
      [255, 255, 255],
      [255, 255, 255],
    ])
  })

  it('draws the model’s crop at the model’s size', async () => {
    const picture = await render(corner, { size: 'model' })
    expect([picture.width, picture.height]).toEqual([20, 20])
    expect(colorAt(picture, 15, 15)).toEqual(photo)
    expect(colorAt(picture, 3, 3)).not.toEqual(photo)
  })

  it('draws a letterbox with its bars', async () => {
    const boxed = { ...corner, placement: placeCrop(grey, model, 'contain', 1) }
    const picture = await render(boxed, { size: 'model', ...sharp })
    expect(colorAt(picture, 15, 1)).toEqual([0, 0, 0])
    expect(colorAt(picture, 15, 10)).toEqual(photo)
    expect((await render(boxed)).pixels).toHaveLength(90 * 60 * 3)
  })

  it('bounds the size of a large photo, with the crop still in place', async () => {
    const picture = await render(corner, { ...sharp, maxSide: 45 })
    expect([picture.width, picture.height]).toEqual([45, 30])
    expect(colorAt(picture, 14, 8)).toEqual(photo)
    expect(colorAt(picture, 16, 8)).not.toEqual(photo)
    expect(colorAt(picture, 21, 14)).not.toEqual(photo)
    expect(colorAt(picture, 24, 8)).toEqual(photo)
  })

  it('draws a coarse map smoothly', async () => {
    const coarse = {
      ...corner,
      map: { shape: [2, 2], dtype: 'float', data: Float32Array.of(0, 1, 2, 3) } as const,
    }
    const picture = await render(coarse, { view: 'heatmap', size: 'model' })
    const colors = Array.from({ length: 400 }, (_, i) => colorAt(picture, i % 20, Math.floor(i / 20)).join())
    expect(new Set(colors).size).toBeGreaterThan(30)
  })

  it('draws a picture of one pixel', async () => {
    const image: DecodedImage = { ...grey, width: 1, height: 1, pixels: Buffer.from([1, 2, 3]) }
    const picture = await render({ ...corner, image, placement: placeCrop(image, model, 'cover', 0.875) })
    expect([picture.width, picture.height]).toEqual([1, 1])
  })

  it.each(VIEW_IDS.flatMap((view) => COLORMAP_IDS.map((colormap) => [view, colormap] as const)))(
    'draws the same %s in %s twice',
    async (view, colormap) => {
      const first = await render(signed, { view, colormap })
      expect((await render(signed, { view, colormap })).pixels).toEqual(first.pixels)
    },
  )

  it.each([
    [20_000, 1, 0.875],
    [1, 16_000, 0.875],
    [90, 60, 1e-3],
    [90, 60, 1e-10],
  ])('draws a %dx%d photo at crop=%d without holding the thread', async (width, height, crop) => {
    const image = { ...grey, width, height, pixels: Buffer.alloc(width * height * 3, 200) }
    const start = performance.now()
    await render({ ...corner, image, placement: placeCrop(image, model, 'cover', crop) })
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('lets the event loop run while it paints a large picture', async () => {
    const large = { ...grey, width: 1500, height: 1500, pixels: Buffer.alloc(1500 * 1500 * 3, 90) }
    let turns = 0
    const clock = setInterval(() => turns++, 1)
    await render({ ...corner, image: large, placement: placeCrop(large, model, 'cover', 1) })
    clearInterval(clock)
    expect(turns).toBeGreaterThan(3)
  })
})
