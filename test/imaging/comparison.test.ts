import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { RING_RADIUS } from '../../src/imaging/charts/ring.ts'
import { colormaps } from '../../src/imaging/colormap.ts'
import { type Comparison, comparisonPicture } from '../../src/imaging/comparison.ts'
import { type DecodedRaster, decodeRaster } from '../../src/imaging/raster.ts'

const bitmap = (width: number, height: number, channels: 1 | 3 = 1) => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 200),
})

/** 0 everywhere but at one place. */
function spot(width: number, height: number, x: number, y: number, most = 0.17) {
  const values = new Float32Array(width * height)
  values[y * width + x] = -most
  return { title: 'difference', width, height, values, most }
}

const parts = (width: number, height: number, rest: Partial<Comparison> = {}): Comparison => ({
  panels: [
    { title: 'average:5 → laplacian:0.2', image: bitmap(width, height) },
    { title: 'laplacian:0.2 → average:5', image: bitmap(width, height, 3) },
  ],
  difference: spot(width, height, 1, 2),
  sentence: 'They differ by at most 0.17.',
  ...rest,
})

const drawn = async (comparison: Comparison): Promise<DecodedRaster> =>
  decodeRaster(await comparisonPicture(comparison))

const colorAt = ({ width, data }: DecodedRaster, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]

/** Places of the pixels of a colour. */
function placesOf(picture: DecodedRaster, color: readonly number[], left: number, right: number) {
  const places: { x: number; y: number }[] = []
  for (let y = 0; y < picture.height; y++)
    for (let x = left; x < right; x++)
      if (colorAt(picture, x, y).join() === color.join()) places.push({ x, y })
  return places
}

function rangeOf(values: readonly number[]): { middle: number; length: number } {
  const [first, last] = [Math.min(...values), Math.max(...values) + 1]
  return { middle: (first + last) / 2, length: last - first }
}

const none = [...colormaps.inferno.table.subarray(0, 3)]
const most = [...colormaps.inferno.table.subarray(-3)]

describe('comparisonPicture', () => {
  it.each([
    ['three tiny pictures in a row, pixels enlarged', 7, 9, 2, 3 * 371 + 4 * 24],
    ['three of a middle size in a row', 300, 200, 2, 3 * 300 + 4 * 24],
    ['three large pictures in a row, shrunk', 2000, 1500, 2, 3 * 480 + 4 * 24],
    ['four in rows of two', 480, 480, 3, 2 * 480 + 3 * 24],
    ['seven in rows of four', 480, 480, 6, 4 * 360 + 5 * 24],
    ['wide ones in rows of two', 2000, 500, 2, 2 * 720 + 3 * 24],
    ['a strip alone in its row', 3000, 30, 2, 960 + 2 * 24],
    ['tall ones in columns that a title fits in', 10, 500, 2, 3 * 220 + 4 * 24],
    ['single pixels', 1, 1, 2, 3 * 480 + 4 * 24],
  ])('draws %s', async (_name, width, height, count, wide) => {
    const panels = Array.from({ length: count }, (_, i) => ({
      title: `order ${i}`,
      image: bitmap(width, height),
    }))
    const difference = { ...spot(width, height, 0, 0), values: new Float64Array(width * height).fill(0.17) }
    const picture = await drawn(parts(width, height, { panels, difference }))
    expect(picture).toMatchObject({ format: 'png', width: wide, channels: 3 })
    expect(picture.height).toBeLessThan(1300)
  })

  it('keeps the pixels of a small picture, grey or coloured, with hard edges', async () => {
    const comparison = parts(7, 9)
    const picture = await drawn(comparison)
    const zoom = 53
    // the first row of the picture lies below the title: the first that is not white
    const top = Array.from({ length: 200 }, (_, y) => y).find(
      (y) => colorAt(picture, 30, y).join() === '0,0,0',
    )
    expect(top).toBeGreaterThan(24)
    for (let y = 0; y < 9; y++)
      for (let x = 0; x < 7; x++)
        for (const offset of [1, zoom - 2]) {
          const [px, py] = [24 + x * zoom + offset, (top ?? 0) + y * zoom + offset]
          const grey = ((y * 7 + x) * 37) % 200
          expect(colorAt(picture, px, py)).toEqual([grey, grey, grey])
          const coloured = [0, 1, 2].map((channel) => ((3 * (y * 7 + x) + channel) * 37) % 200)
          expect(colorAt(picture, px + 7 * zoom + 24, py)).toEqual(coloured)
        }
  })

  it.each([
    ['enlarged', 24, 20, 5, 7, 20],
    ['as it is', 300, 260, 120, 200, 1],
    ['shrunk', 960, 960, 700, 333, 0.5],
  ])(
    'rings the place of the maximum in a difference that is %s',
    async (_name, width, height, x, y, zoom) => {
      const picture = await drawn(parts(width, height, { difference: spot(width, height, x, y) }))
      const left = 24 + 2 * (width * zoom + 24)
      const top = placesOf(picture, none, left, left + width * zoom)[0]?.y ?? 0
      const ring = placesOf(picture, [255, 255, 255], left + 1, left + width * zoom - 1).filter(
        (place) => place.y >= top && place.y < top + height * zoom,
      )
      const [across, down] = [rangeOf(ring.map((place) => place.x)), rangeOf(ring.map((place) => place.y))]
      expect(Math.abs(across.middle - left - (x + 0.5) * zoom)).toBeLessThan(1)
      expect(Math.abs(down.middle - top - (y + 0.5) * zoom)).toBeLessThan(1)
      expect(Math.abs(across.length / 2 - RING_RADIUS)).toBeLessThan(2)
    },
  )

  it('shows a single different pixel of a large picture in the colour of the maximum', async () => {
    const picture = await drawn(parts(1920, 1920, { difference: spot(1920, 1920, 1001, 1003) }))
    const left = 24 + 2 * (480 + 24)
    const bright = placesOf(picture, most, left, left + 470)
    expect(bright.length).toBeGreaterThan(0)
  })

  it('ends the colour scale at nothing and at the maximum', async () => {
    const picture = await drawn(parts(300, 200))
    const left = 24 + 2 * (300 + 24)
    const bar = placesOf(picture, most, left + 290, left + 300)
    const y = Math.max(...bar.map((place) => place.y)) - 4
    expect(y).toBeGreaterThan(250)
    expect(colorAt(picture, left, y)).toEqual(none)
    expect(colorAt(picture, left + 299, y)).toEqual(most)
  })

  it('names both ends of the colour scale', async () => {
    const written = await drawn(parts(300, 200, { difference: spot(300, 200, 1, 2, 0.17) }))
    const other = await drawn(parts(300, 200, { difference: spot(300, 200, 1, 2, 0.19) }))
    const differs = Array.from({ length: written.height }, (_, y) => y).filter((y) => {
      const row = (picture: DecodedRaster) =>
        picture.data.subarray(y * picture.width * 3, (y + 1) * picture.width * 3)
      return row(written).join() !== row(other).join()
    })
    // marks and a line of digits
    expect(differs.length).toBeGreaterThan(5)
    expect((differs.at(-1) ?? 0) - (differs[0] ?? 0)).toBeLessThan(24)
  })

  it.each([
    ['equal pictures', new Float32Array(63), 0],
    ['a difference that is not a number', new Float32Array(63).fill(Number.NaN), Number.NaN],
    ['an endless one', new Float32Array(63).fill(Infinity), Infinity],
  ])('draws neither ring nor scale for %s', async (_name, values, largest) => {
    const difference = { title: 'difference', width: 7, height: 9, values, most: largest }
    const picture = await drawn(parts(7, 9, { difference }))
    const left = 24 + 2 * (7 * 53 + 24)
    expect(placesOf(picture, most, left, left + 371)).toEqual([])
  })

  it('is written in its own font, the same on a machine without any', async () => {
    const script = `
      import { createHash } from 'node:crypto'
      import { comparisonPicture } from './src/imaging/comparison.ts'
      const image = { width: 7, height: 9, channels: 1, data: new Uint8Array(63) }
      const difference = { title: 'σ → α', width: 7, height: 9, values: new Float32Array(63), most: 0 }
      const picture = await comparisonPicture({ panels: [{ title: 'a', image }, { title: 'b', image }], difference, sentence: 'c' })
      process.stdout.write(createHash('sha256').update(picture).digest('hex'))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { FONTCONFIG_FILE: '/dev/null', FONTCONFIG_PATH: '/nowhere', HOME: '/nowhere' },
      encoding: 'utf8',
    })
    const image = { width: 7, height: 9, channels: 1, data: new Uint8Array(63) } as const
    const here = await comparisonPicture({
      panels: [
        { title: 'a', image },
        { title: 'b', image },
      ],
      difference: { title: 'σ → α', width: 7, height: 9, values: new Float32Array(63), most: 0 },
      sentence: 'c',
    })
    expect(stderr).toBe('')
    expect(stdout).toBe(createHash('sha256').update(here).digest('hex'))
  })

  it('writes what it is given: each title and the sentence change pixels, and the same parts none', async () => {
    const pictures = await Promise.all(
      [
        parts(7, 9),
        parts(7, 9),
        parts(7, 9, { sentence: 'They differ by at most 0.18.' }),
        parts(7, 9, { difference: { ...spot(7, 9, 1, 2), title: 'Difference' } }),
        parts(7, 9, { panels: parts(7, 9).panels.map((panel) => ({ ...panel, title: 'σ' })) }),
      ].map(comparisonPicture),
    )
    const [first, same, ...others] = pictures.map((picture) => picture.toString('base64'))
    expect(same).toBe(first)
    expect(new Set([first, ...others]).size).toBe(4)
  })

  it.each([
    ['XML', '<script>&amp;</text></svg><!-- "\' -->]]>'],
    ['what XML cannot hold', 'a\u0000b\uD800c\uFFFFd\u001b'],
    ['a very long word', 'a'.repeat(100_000)],
    ['very many words', 'average:5 → '.repeat(20_000)],
    [
      'many letters that the font has not',
      Array.from({ length: 500 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(''),
    ],
    ['text from right to left', '\u202Eabc שלום'],
    ['nothing', ''],
  ])('stands titles and sentences of %s', async (_name, text) => {
    const panels = parts(7, 9).panels.map((panel) => ({ ...panel, title: text }))
    const difference = { ...spot(7, 9, 1, 2), title: text }
    const picture = await drawn(parts(7, 9, { panels, difference, sentence: text }))
    expect(picture.width).toBe(3 * 371 + 4 * 24)
    expect(picture.height).toBeLessThan(900)
    // nothing is written over the right margin
    for (let y = 0; y < picture.height; y++)
      expect(colorAt(picture, picture.width - 12, y)).toEqual([255, 255, 255])
  })
})
