import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ImagingError } from '../../src/imaging/errors.ts'
import {
  type DecodedRaster,
  decodeRaster,
  encodeRaster,
  RASTER_FORMATS,
  type Raster,
} from '../../src/imaging/raster.ts'
import { fixture, fromBase64, largestDifference } from './fixtures.ts'
import { floatTiff, manyScans, pngClaiming } from './hostile.ts'

interface RasterCase extends Pick<DecodedRaster, 'width' | 'height' | 'channels' | 'depth' | 'warnings'> {
  readonly name: string
  readonly file: string
  /** little-endian where they are of 16 bits */
  readonly samples: string
}

const samplesOf = ({ data }: Raster) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

describe('decodeRaster', () => {
  it.each(fixture<readonly RasterCase[]>('raster').cases)(
    'reads the samples of $name as Pillow and NumPy do',
    async ({ name: _, file, samples, ...expected }) => {
      const raster = await decodeRaster(fromBase64(file))
      expect(raster).toMatchObject(expected)
      expect(samplesOf(raster).equals(fromBase64(samples))).toBe(true)
    },
  )

  const red = { create: { width: 9, height: 5, channels: 3, background: '#c81e28' } } as const

  it.each<[string, 8 | 16]>([
    ['srgb', 8],
    ['rgb16', 16],
  ])('applies an embedded profile, of %s', async (space, depth) => {
    const displayP3 = await sharp(red).toColourspace(space).withIccProfile('p3').png().toBuffer()
    const { data, ...raster } = await decodeRaster(displayP3)
    expect(raster).toMatchObject({ channels: 3, depth })
    const one = depth === 16 ? 257 : 1
    // there and back again by way of the profile, in steps of an 8-bit picture
    const converted = [...data.subarray(0, 3)].map((sample) => sample / one)
    expect(largestDifference(converted, [200, 30, 40])).toBeLessThanOrEqual(1)
  })

  it('turns CMYK into RGB of 8 bits', async () => {
    const raster = await decodeRaster(await sharp(red).toColourspace('cmyk').jpeg().toBuffer())
    expect(raster).toMatchObject({ width: 9, height: 5, channels: 3, depth: 8, format: 'jpeg' })
  })

  it.each<[string, Buffer, string]>([
    ['no bytes', Buffer.alloc(0), 'empty'],
    ['text', Buffer.from('this is no picture'), 'unsupported-type'],
    ['floating-point TIFF', floatTiff(), 'unsupported-type'],
    ['only a PNG signature', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'corrupt'],
    ['a PNG that says 60000x60000', pngClaiming(60_000, 60_000), 'too-large'],
    ['a JPEG of hundreds of scans', manyScans(4000, 600), 'too-complex'],
  ])('refuses %s as decodeImage does', async (_, file, kind) => {
    const error = await decodeRaster(file).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ImagingError)
    expect(error).toMatchObject({ kind })
  })

  it('keeps to the limits it is given', async () => {
    const png = await sharp(red).png().toBuffer()
    await expect(decodeRaster(png, { pixelLimit: 44 })).rejects.toMatchObject({ kind: 'too-large' })
  })
})

/** Smooth, so that lossy coding keeps it; alpha between 1 and 255, since WebP forgets what cannot be seen. */
function smooth(channels: Raster['channels'], depth: Raster['depth']): Raster {
  const one = depth === 16 ? 257 : 1
  const sample = (_: unknown, i: number) => Math.round(one * (128 + 100 * Math.sin(i / 50)))
  const length = 40 * 30 * channels
  const data = depth === 16 ? Uint16Array.from({ length }, sample) : Uint8Array.from({ length }, sample)
  return { width: 40, height: 30, channels, depth, data }
}
const rasters = ([1, 2, 3, 4] as const).flatMap((channels) =>
  ([8, 16] as const).map((depth) => [channels, depth] as const),
)

describe('encodeRaster', () => {
  it.each(rasters)('writes %i channels of %i bits as a PNG that reads back', async (channels, depth) => {
    const raster = smooth(channels, depth)
    const back = await decodeRaster(await encodeRaster(raster, 'png'))
    expect(back).toMatchObject({ width: 40, height: 30, channels, depth, format: 'png' })
    expect(samplesOf(back).equals(samplesOf(raster))).toBe(true)
  })

  it.each(rasters)('writes %i channels of %i bits as a WebP with their alpha', async (channels, depth) => {
    const raster = smooth(channels, depth)
    const back = await decodeRaster(await encodeRaster(raster, 'webp'))
    // WebP has no grey
    const hasAlpha = channels % 2 === 0
    expect(back).toMatchObject({ channels: hasAlpha ? 4 : 3, depth: 8, format: 'webp' })
    if (hasAlpha)
      for (const pixel of [0, 617, 1199])
        expect(back.data[4 * pixel + 3]).toBe(
          Math.floor((raster.data[channels * (pixel + 1) - 1] ?? 0) / (depth === 16 ? 256 : 1)),
        )
  })

  it.each(rasters)('writes %i channels of %i bits as a JPEG without alpha', async (channels, depth) => {
    const back = await decodeRaster(await encodeRaster(smooth(channels, depth), 'jpeg'))
    expect(back).toMatchObject({ channels: channels < 3 ? 1 : 3, depth: 8, format: 'jpeg' })
  })

  it('lays transparency on white in a JPEG', async () => {
    const clear: Raster = { width: 8, height: 8, channels: 4, depth: 8, data: new Uint8Array(256) }
    const { data } = await decodeRaster(await encodeRaster(clear, 'jpeg'))
    expect(Math.min(...data)).toBeGreaterThanOrEqual(254)
  })

  it.each(RASTER_FORMATS)('writes the same %s twice', async (format) => {
    const raster = smooth(3, 8)
    expect(await encodeRaster(raster, format)).toEqual(await encodeRaster(raster, format))
  })
})
