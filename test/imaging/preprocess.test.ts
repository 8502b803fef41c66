import { describe, expect, it, test } from 'vitest'
import type { DecodedImage } from '../../src/imaging/decode.ts'
import { type Fit, placeCrop, visiblePart } from '../../src/imaging/placement.ts'
import { type InputSpec, preprocess } from '../../src/imaging/preprocess.ts'
import { resample } from '../../src/imaging/resample.ts'
import { fixture, floatsOf, fromBase64, largestDifference, randomNumbers } from './fixtures.ts'

interface Case {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly rgb: string
  readonly spec: InputSpec
  readonly fit: Fit | null
  readonly crop: number | null
  readonly placement: readonly [number, number, number, number]
  readonly input: string
}

const imageOf = (width: number, height: number, pixels: Buffer): DecodedImage => ({
  width,
  height,
  pixels,
  format: 'png',
  warnings: [],
})

/** smooth shapes and a little noise */
function synthetic(width: number, height: number): DecodedImage {
  const random = randomNumbers(1)
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        pixels[at++] =
          128 + 80 * Math.sin((x * (c + 2)) / (width / 20)) * Math.cos(y / (height / 15)) + 30 * random()
  return imageOf(width, height, pixels)
}

const spec: InputSpec = {
  width: 224,
  height: 224,
  color: 'rgb',
  resize: 'bicubic',
  crop: 0.875,
  mean: [127, 127, 127],
  std: [128, 128, 128],
}

describe('preprocess', () => {
  it.each(fixture<readonly Case[]>('preprocess').cases)('$name', async (row) => {
    const image = imageOf(row.width, row.height, fromBase64(row.rgb))
    const { input, placement } = await preprocess(image, row.spec, {
      ...(row.fit && { fit: row.fit }),
      ...(row.crop && { crop: row.crop }),
    })
    const channels = row.spec.color === 'gray' ? 1 : 3
    expect(input.shape).toEqual([1, channels, row.spec.height, row.spec.width])
    // one byte may round differently, because Pillow keeps boxes as float32
    expect(largestDifference(input.data, floatsOf(row.input))).toBeLessThanOrEqual(
      1.001 / Math.min(...row.spec.std),
    )
    const { left, top, width, height } = placement
    expect(largestDifference([left, top, width, height], row.placement)).toBeLessThan(1e-9)
  })

  it('passes the bytes of a picture of the model’s size on unchanged when nothing is cropped', async () => {
    const image = synthetic(224, 224)
    const { input, placement } = await preprocess(image, spec, { crop: 1 })
    expect(placement).toEqual({ left: 0, top: 0, width: 224, height: 224 })
    for (let i = 0; i < 224 * 224; i++)
      for (let c = 0; c < 3; c++)
        if (input.data[c * 224 * 224 + i] !== Math.fround(((image.pixels[3 * i + c] ?? 0) - 127) / 128))
          expect.fail(`channel ${c} of pixel ${i} differs`)
  })

  it('fills the bars of a letterbox with exact zeros', async () => {
    const { input } = await preprocess(synthetic(60, 30), spec, { fit: 'contain' })
    expect(input.data.slice(0, 224 * 56).every((value) => value === 0)).toBe(true)
  })

  it('sees in a large photo nearly what one resize in full would give', async () => {
    const image = synthetic(1500, 1200)
    const { input, placement } = await preprocess(image, spec)
    const exact = resample({ ...image, channels: 3 }, placement, 224, 224, 'bicubic')
    let sum = 0
    for (let i = 0; i < exact.length; i++) {
      const ours = (input.data[(i % 3) * 224 * 224 + Math.floor(i / 3)] ?? 0) * 128 + 127
      sum += Math.abs(ours - (exact[i] ?? 0))
    }
    // sharp's shrinking in between costs less than a JPEG's quantisation
    expect(sum / exact.length).toBeLessThan(1)
  })

  it('looks at the pixels around a crop as one resize of the whole photo would', async () => {
    const image = synthetic(700, 500)
    const lanczos: InputSpec = { ...spec, resize: 'lanczos3' }
    for (const crop of [0.3, 0.9, 1]) {
      const { input, placement } = await preprocess(image, lanczos, { crop })
      const exact = resample({ ...image, channels: 3 }, placement, 224, 224, 'lanczos3')
      for (let i = 0; i < exact.length; i++)
        if (
          input.data[(i % 3) * 224 * 224 + Math.floor(i / 3)] !== Math.fround(((exact[i] ?? 0) - 127) / 128)
        )
          expect.fail(`byte ${i} at crop=${crop}`)
    }
  })

  it('gives the same input twice', async () => {
    const image = synthetic(900, 1400)
    expect((await preprocess(image, spec)).input.data).toEqual((await preprocess(image, spec)).input.data)
  })

  it.each([
    [{ mean: [1] }, 'expected 3 numbers for mean, got 1'],
    [{ color: 'gray' as const }, 'expected 1 numbers for mean, got 3'],
  ])('refuses a card with %j', async (change, message) => {
    await expect(preprocess(synthetic(4, 4), { ...spec, ...change })).rejects.toThrow(message)
  })
})

describe('a photo of extreme shape', () => {
  it.each(['cover', 'contain', 'fill'] as const)(
    'is preprocessed with fit=%s without holding the thread',
    async (fit) => {
      const image = imageOf(2_000_000, 2, Buffer.alloc(2_000_000 * 2 * 3, 100))
      const start = performance.now()
      const { input } = await preprocess(image, spec, { fit })
      expect(performance.now() - start).toBeLessThan(1000)
      expect(input.data.every((value) => value === 0 || Math.abs(value - (100 - 127) / 128) < 1e-6)).toBe(
        true,
      )
    },
  )
})

test('a small crop of a wide photo costs by the crop, not by the photo', async () => {
  const image = imageOf(30_000, 660, Buffer.alloc(30_000 * 660 * 3, 100))
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    await preprocess(image, spec)
    times.push(performance.now() - start)
  }
  // transposing all of it took 300 ms
  expect(Math.min(...times)).toBeLessThan(100)
})

describe('placeCrop', () => {
  const random = randomNumbers(2)
  const side = () => 1 + Math.floor(random() ** 3 * 5000)
  it.each(['cover', 'contain', 'fill'] as const)(
    '%s keeps the visible part inside both image and model',
    (fit) => {
      for (let i = 0; i < 2000; i++) {
        const image = { width: side(), height: side() }
        const model = { width: 1 + Math.floor(random() * 300), height: 1 + Math.floor(random() * 300) }
        const placement = placeCrop(image, model, fit, 0.01 + 0.99 * random())
        const { box, x0, x1, y0, y1 } = visiblePart(image, model, placement)
        const inside =
          box.left >= 0 &&
          box.top >= 0 &&
          box.width > 0 &&
          box.height > 0 &&
          box.left + box.width <= image.width * (1 + 1e-12) &&
          box.top + box.height <= image.height * (1 + 1e-12) &&
          0 <= x0 &&
          x0 < x1 &&
          x1 <= model.width &&
          0 <= y0 &&
          y0 < y1 &&
          y1 <= model.height
        if (!inside) expect.fail(JSON.stringify({ image, model, placement, box, x0, x1, y0, y1 }))
      }
    },
  )
})
