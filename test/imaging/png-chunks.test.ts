import { readFileSync } from 'node:fs'
import { deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inspectImage } from '../../src/imaging/inspect.ts'
import { chunkBytes, plainPngHeader } from '../../src/imaging/png-chunks.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { chunk, pngClaiming, pngOfLargeProfile } from './hostile.ts'

const photo = readFileSync(new URL('../fixtures/photos/chelsea.png', import.meta.url))

describe('chunkBytes', () => {
  it('counts what chunks of a type hold', () => {
    expect(chunkBytes(pngClaiming(10, 10), 'IHDR')).toBe(13)
    expect(chunkBytes(pngClaiming(10, 10), 'IEND')).toBe(0)
    expect(chunkBytes(photo, 'iCCP')).toBe(2625)
    expect(chunkBytes(photo, 'tEXt')).toBe(0)
  })

  it('ends with a truncated file, and with a length that lies', () => {
    for (const length of [0, 7, 8, 19, 40]) expect(chunkBytes(photo.subarray(0, length), 'IDAT')).toBe(0)
    const lying = Buffer.from(photo)
    lying.writeUInt32BE(0xffffffff, 8)
    expect(chunkBytes(lying, 'IHDR')).toBe(0xffffffff)
    expect(chunkBytes(lying, 'IDAT')).toBe(0)
  })
})

describe('a PNG of very many chunks', () => {
  it('is not walked over, and left to libvips', () => {
    const empty = Buffer.from('\0\0\0\0tEXt\0\0\0\0', 'latin1')
    const plain = pngClaiming(10, 10)
    const ended = (count: number) =>
      Buffer.concat([
        plain.subarray(0, -12),
        ...Array.from({ length: count }, () => empty),
        plain.subarray(-12),
      ])
    expect(plainPngHeader(ended(9000))).toMatchObject({ width: 10, height: 10 })
    expect(chunkBytes(ended(9000), 'IHDR')).toBe(13)
    expect(plainPngHeader(ended(10_000))).toBeUndefined()
    expect(chunkBytes(ended(10_000), 'IHDR')).toBe(Infinity)
  })

  it('is refused, unless they are pixels', async () => {
    const [text, pixels] = ['tEXt', 'IDAT'].map((type) => chunk(type, Buffer.alloc(0)))
    if (!text || !pixels) throw new Error('there are two types')
    const picture = await sharp({ create: { width: 5, height: 3, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const ended = (kind: Buffer, count: number) =>
      Buffer.concat([
        picture.subarray(0, -12),
        ...Array.from({ length: count }, () => kind),
        picture.subarray(-12),
      ])
    await expect(inspectImage(ended(text, 10_001))).rejects.toMatchObject({
      kind: 'too-complex',
      message: expect.stringContaining('at most 10000 chunks'),
    })
    expect(await inspectImage(ended(pixels, 20_000))).toMatchObject({ width: 5, height: 3 })
    const followed = Buffer.concat([picture, Buffer.alloc(1_000_000)])
    expect(plainPngHeader(followed)).toMatchObject({ width: 5, height: 3 })
    expect(await inspectImage(followed)).toMatchObject({ width: 5, height: 3 })
  })
})

describe('plainPngHeader', () => {
  const red = sharp({ create: { width: 5, height: 3, channels: 3, background: 'red' } })
  const size = { width: 5, height: 3 }

  it('reads the size of a picture of R,G,B bytes, and its profile', async () => {
    expect(plainPngHeader(await red.png().toBuffer())).toEqual({ ...size, profile: undefined })
    const srgb = await red.withIccProfile('srgb').png().toBuffer()
    const { icc } = await sharp(srgb).metadata()
    expect(plainPngHeader(srgb)).toEqual({ ...size, profile: icc })
  })

  it.each([
    ['transparency', red.clone().ensureAlpha().png()],
    [
      'EXIF',
      red
        .clone()
        .withExif({ IFD0: { Software: 'a' } })
        .png(),
    ],
    ['a palette', red.clone().png({ palette: true })],
    ['grey', red.clone().toColourspace('b-w').png()],
    ['16 bits', red.clone().toColourspace('rgb16').png()],
  ])('leaves others to libvips: %s', async (_, picture) => {
    expect(plainPngHeader(await picture.toBuffer())).toBeUndefined()
  })

  it('leaves damaged ones to libvips', async () => {
    const png = await red.withIccProfile('srgb').png().toBuffer()
    for (const length of [0, 8, 20, 33, png.length - 12])
      expect(plainPngHeader(png.subarray(0, length))).toBeUndefined()
    const at = png.indexOf('iCCP')
    const damaged = Buffer.from(png)
    damaged.fill(0xff, at + 20, at + 40)
    expect(plainPngHeader(damaged)).toBeUndefined()
  })

  it('does not inflate a large profile, nor one of many bytes that inflate to none', async () => {
    expect(plainPngHeader(await pngOfLargeProfile(64))).toBeUndefined()
    const plain = pngClaiming(10, 10)
    const withProfile = (deflated: Buffer) =>
      Buffer.concat([
        plain.subarray(0, 33),
        chunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflated])),
        plain.subarray(33),
      ])
    expect(plainPngHeader(withProfile(deflateSync(Buffer.alloc(3000))))?.profile).toHaveLength(3000)
    const stored = Buffer.concat([
      Buffer.from([0x78, 0x01]),
      ...Array.from({ length: 1000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])),
      Buffer.from([1, 0, 0, 0xff, 0xff, 0, 0, 0, 1]),
    ])
    expect(inflateSync(stored)).toHaveLength(0)
    expect(plainPngHeader(withProfile(stored))).toBeUndefined()
  })

  it.each<[string, (png: Buffer) => Buffer]>([
    ['no width', (png) => png.fill(0, 16, 20)],
    ['no height', (png) => png.fill(0, 20, 24)],
    ['a width beyond all limits', (png) => png.fill(0xff, 16, 20)],
    ['an unknown compression', (png) => png.fill(1, 26, 27)],
    ['an unknown filter', (png) => png.fill(1, 27, 28)],
    ['an unknown interlacing', (png) => png.fill(2, 28, 29)],
    ['two headers', (png) => Buffer.concat([png.subarray(0, 33), png.subarray(8)])],
    ['no pixels', (png) => Buffer.concat([png.subarray(0, 33), png.subarray(-12)])],
    [
      'an end before its pixels',
      (png) => Buffer.concat([png.subarray(0, 33), png.subarray(-12), png.subarray(33)]),
    ],
  ])('leaves one of %s to libvips, and so does inspectImage', async (_, damage) => {
    const png = damage(pngClaiming(10, 10))
    expect(plainPngHeader(png)).toBeUndefined()
    const refused = await sharp(png)
      .metadata()
      .then(
        () => false,
        () => true,
      )
    if (refused) await expect(inspectImage(png)).rejects.toMatchObject({ kind: 'corrupt' })
  })

  it('says what libvips says', async () => {
    const { width, height, icc } = await sharp(photo).metadata()
    expect(plainPngHeader(photo)).toEqual({ width, height, profile: icc })
  })
})
