import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/imaging/decode.ts'
import { ImagingError } from '../../src/imaging/errors.ts'
import type { DecodeLimits } from '../../src/imaging/inspect.ts'
import { fixture, fromBase64, largestDifference } from './fixtures.ts'
import {
  floatTiff,
  gifOfFrames,
  hugeTile,
  manyScans,
  pngClaiming,
  pngOfLargeProfile,
  webpClaiming,
} from './hostile.ts'

interface DecodeCase {
  readonly name: string
  readonly file: string
  readonly width: number
  readonly height: number
  readonly rgb: string
  /** 0 where decoding is exact; lossy video codecs, profiles and alpha round differently */
  readonly tolerance: number
  readonly warnings: readonly string[]
}

const files = [
  ...fixture<readonly DecodeCase[]>('decode').cases,
  ...fixture<readonly DecodeCase[]>('orientation').cases,
]

describe('decodeImage', () => {
  it.each(files)(
    'decodes $name as Pillow does',
    async ({ file, width, height, rgb, tolerance, warnings }) => {
      const image = await decodeImage(fromBase64(file))
      expect([image.width, image.height]).toEqual([width, height])
      expect(image.warnings).toEqual(warnings)
      expect(largestDifference(image.pixels, fromBase64(rgb))).toBeLessThanOrEqual(tolerance)
    },
  )

  const red = { create: { width: 9, height: 5, channels: 3, background: '#c81e28' } } as const

  it('turns CMYK into its colours', async () => {
    const { width, height, pixels } = await decodeImage(
      await sharp(red).toColourspace('cmyk').jpeg().toBuffer(),
    )
    expect([width, height]).toEqual([9, 5])
    // the inks of the default profile do not reach this red exactly
    expect(largestDifference(pixels.subarray(0, 3), [200, 30, 40])).toBeLessThanOrEqual(30)
  })

  it.each(['srgb', 'rgb16'])('applies an embedded profile, of %s', async (space) => {
    const displayP3 = await sharp(red).toColourspace(space).withIccProfile('p3').png().toBuffer()
    expect((await sharp(displayP3).metadata()).space).toBe(space)
    const { data } = await sharp(displayP3, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    expect(largestDifference(data.subarray(0, 3), [200, 30, 40])).toBeGreaterThan(10)
    const { pixels } = await decodeImage(displayP3)
    expect(largestDifference(pixels.subarray(0, 3), [200, 30, 40])).toBeLessThanOrEqual(1)
  })

  it('takes a picture whose profile is sRGB as it is, which is what converting gives', async () => {
    const photo = readFileSync(new URL('../fixtures/photos/chelsea.png', import.meta.url))
    expect((await sharp(photo).metadata()).icc?.includes('sRGB IEC61966-2.1')).toBe(true)
    const converted = await sharp(photo).toColourspace('srgb').raw().toBuffer()
    expect(largestDifference((await decodeImage(photo)).pixels, converted)).toBe(0)
  })

  it.each([
    ['whole', {}],
    ['interlaced', { progressive: true }],
    ['of a palette', { palette: true, colours: 60 }],
  ])('reads a PNG %s as libvips does', async (_, options) => {
    const photo = readFileSync(new URL('../fixtures/photos/chelsea.png', import.meta.url))
    const png = await sharp(photo)
      .png({ ...options, compressionLevel: 3 })
      .toBuffer()
    const { width, height, pixels } = await decodeImage(png)
    const { data, info } = await sharp(png).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    expect([width, height]).toEqual([info.width, info.height])
    expect(largestDifference(pixels, data)).toBe(0)
  })

  it('does not inflate a colour profile that it does not apply', async () => {
    const png = await pngOfLargeProfile(256)
    const peak = () => process.resourceUsage().maxRSS / 1024
    const before = peak()
    const { width, height, pixels } = await decodeImage(png)
    expect([width, height, new Set(pixels)]).toEqual([9, 7, new Set([90])])
    expect(peak() - before).toBeLessThan(128)
  })

  it('refuses a PNG with one wrong bit in its pixels', async () => {
    const png = readFileSync(new URL('../fixtures/photos/chelsea.png', import.meta.url))
    const at = png.lastIndexOf('IDAT') + 1000
    png[at] = (png[at] ?? 0) ^ 4
    await expect(decodeImage(png)).rejects.toMatchObject({ kind: 'corrupt' })
  })

  it('turns 16 bits a channel into 8', async () => {
    const { pixels } = await decodeImage(await sharp(red).toColourspace('rgb16').png().toBuffer())
    expect([...pixels.subarray(0, 3)]).toEqual([200, 30, 40])
  })

  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'names the format of a %s',
    async (format) => {
      const image = await decodeImage(await sharp(red).toFormat(format).toBuffer())
      expect(image).toMatchObject({ format, width: 9, height: 5, warnings: [] })
      expect(image.pixels).toHaveLength(9 * 5 * 3)
    },
  )

  it('takes a picture of one pixel', async () => {
    const one = { create: { width: 1, height: 1, channels: 3, background: '#010203' } } as const
    expect([...(await decodeImage(await sharp(one).png().toBuffer())).pixels]).toEqual([1, 2, 3])
  })

  it('takes a view into a larger buffer', async () => {
    const png = await sharp(red).png().toBuffer()
    const { pixels } = await decodeImage(new Uint8Array(Buffer.concat([Buffer.alloc(7), png])).subarray(7))
    expect([...pixels.subarray(0, 3)]).toEqual([200, 30, 40])
  })

  it('takes a JPEG with stray bytes between its segments', async () => {
    const jpeg = await sharp(red).jpeg().toBuffer()
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]))
    const stray = Buffer.concat([jpeg.subarray(0, scan), Buffer.from([1, 2, 3]), jpeg.subarray(scan)])
    await expect(decodeImage(stray)).resolves.toMatchObject({ width: 9, height: 5 })
  })

  it('takes a progressive JPEG of ordinary scans', async () => {
    await expect(decodeImage(manyScans(64, 20))).resolves.toMatchObject({ width: 64, height: 64 })
  })
})

describe('what decodeImage refuses', () => {
  const noise = {
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  } as const
  const whole = (format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif') =>
    sharp(noise).toFormat(format).toBuffer()
  const cut = async (format: Parameters<typeof whole>[0], part: number) => {
    const file = await whole(format)
    return file.subarray(0, Math.floor(file.length * part))
  }
  const text = (content: string) => () => Buffer.from(content, 'latin1')
  type Row = [
    name: string,
    file: () => Buffer | Promise<Buffer>,
    kind: string,
    says: RegExp,
    limits?: Partial<DecodeLimits>,
  ]

  it.each<Row>([
    ['no bytes', () => Buffer.alloc(0), 'empty', /got no bytes/],
    ['text called PNG', text('this is no picture'), 'unsupported-type', /expected a PNG.*got plain text/],
    [
      'an SVG',
      text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
      'unsupported-type',
      /got an SVG/,
    ],
    ['a PDF', text('%PDF-1.7\n'), 'unsupported-type', /got a PDF/],
    ['HTML', text('<!DOCTYPE html><p>'), 'unsupported-type', /got an HTML page/],
    ['JSON', text('{"image": 1}'), 'unsupported-type', /got JSON/],
    ['a data: URL', text('data:image/png;base64,AAAA'), 'unsupported-type', /data: URL/],
    ['a NumPy file', text('\x93NUMPY\x01\0'), 'unsupported-type', /application\/x-npy/],
    ['a BMP', text('BM\0\0\0\0'), 'unsupported-type', /got a BMP/],
    ['a HEIC', text('\0\0\0\x18ftypheic\0\0\0\0'), 'unsupported-type', /got a HEIC/],
    ['random bytes', text('\x01\x02\x03\x04\x05'), 'unsupported-type', /unknown type/],
    ['floating-point TIFF', floatTiff, 'unsupported-type', /floating-point/],
    ['only a PNG signature', text('\x89PNG\r\n\x1a\n'), 'corrupt', /expected a whole PNG/],
    ['only a JPEG signature', text('\xff\xd8\xff'), 'corrupt', /expected a whole JPEG/],
    ['half a PNG', () => cut('png', 0.5), 'corrupt', /expected a whole PNG/],
    ['half a JPEG', () => cut('jpeg', 0.5), 'corrupt', /expected a whole JPEG/],
    ['a JPEG without its last bytes', () => cut('jpeg', 0.999), 'corrupt', /expected a whole JPEG/],
    ['half a WebP', () => cut('webp', 0.5), 'corrupt', /expected a whole WEBP/],
    ['half a GIF', () => cut('gif', 0.5), 'corrupt', /expected a whole GIF/],
    ['half a TIFF', () => cut('tiff', 0.5), 'corrupt', /expected a whole TIFF/],
    ['half an AVIF', () => cut('avif', 0.5), 'corrupt', /expected a whole AVIF/],
    [
      'a PNG with a wrong byte',
      async () => (await whole('png')).fill(0x55, 3000, 3001),
      'corrupt',
      /damaged/,
    ],
    ['a TIFF whose tile is huge', hugeTile, 'corrupt', /TIFF/],
    [
      'a PNG that says 60000x60000',
      () => pngClaiming(60_000, 60_000),
      'too-large',
      /25 megapixels, got 60000x60000 \(3,600 megapixels\)/,
    ],
    [
      'a PNG that says a little too much',
      () => pngClaiming(4000, 6251),
      'too-large',
      /25 megapixels, got 4000x6251 \(25\.004 megapixels\)/,
    ],
    ['a WebP that says 16383x16383', () => webpClaiming(16_383, 16_383), 'too-large', /16383x16383/],
    ['more pixels than asked for', () => whole('png'), 'too-large', /64x64/, { pixelLimit: 64 * 64 - 1 }],
    ['a GIF of too many frames', () => gifOfFrames(3000), 'too-complex', /2000 frames, got 3000/],
    [
      'a JPEG of hundreds of scans',
      () => manyScans(4000, 600),
      'too-complex',
      /few scans, got more than 100/,
    ],
    ['a large JPEG of many scans', () => manyScans(4000, 60), 'too-complex', /few scans, got 60/],
  ])('%s', async (_, file, kind, says, limits = {}) => {
    const error = await decodeImage(await file(), limits).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ImagingError)
    expect(error).toMatchObject({ kind, message: expect.stringMatching(says) })
    expect(error).toMatchObject({ message: expect.not.stringMatching(/\n|\/home|node_modules/) })
  })

  it('a JPEG of hundreds of scans before decoding it', async () => {
    const file = manyScans(5000, 630)
    const start = performance.now()
    await expect(decodeImage(file)).rejects.toMatchObject({ kind: 'too-complex' })
    // the decoder would take seconds
    expect(performance.now() - start).toBeLessThan(500)
  })

  it('a picture that claims 16383x16383 without taking its memory', async () => {
    const before = process.memoryUsage().rss
    await expect(decodeImage(webpClaiming(16_383, 16_383))).rejects.toMatchObject({ kind: 'too-large' })
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })
})

describe('the loaders', () => {
  it('of other formats and of files are blocked in the whole process', async () => {
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')).metadata(),
    ).rejects.toThrow('unsupported image format')
    await expect(
      sharp(new URL('../fixtures/images/make.py', import.meta.url).pathname).metadata(),
    ).rejects.toThrow()
  })
})
