import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chunkBytes, readPlainPng } from '../../src/imaging/png-chunks.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { pngClaiming, pngOfLargeProfile } from './hostile.ts'

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
    expect(readPlainPng(ended(9000))).toMatchObject({ width: 10, height: 10 })
    expect(chunkBytes(ended(9000), 'IHDR')).toBe(13)
    expect(readPlainPng(ended(10_000))).toBeUndefined()
    expect(chunkBytes(ended(10_000), 'IHDR')).toBe(Infinity)
  })
})

describe('readPlainPng', () => {
  const red = sharp({ create: { width: 5, height: 3, channels: 3, background: 'red' } })
  const size = { width: 5, height: 3 }

  it('reads the size of a picture of R,G,B bytes, and its profile', async () => {
    expect(readPlainPng(await red.png().toBuffer())).toEqual({ ...size, profile: undefined })
    const srgb = await red.withIccProfile('srgb').png().toBuffer()
    const { icc } = await sharp(srgb).metadata()
    expect(readPlainPng(srgb)).toEqual({ ...size, profile: icc })
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
    expect(readPlainPng(await picture.toBuffer())).toBeUndefined()
  })

  it('leaves damaged ones to libvips', async () => {
    const png = await red.withIccProfile('srgb').png().toBuffer()
    for (const length of [0, 8, 20, 33, png.length - 12])
      expect(readPlainPng(png.subarray(0, length))).toBeUndefined()
    const at = png.indexOf('iCCP')
    const damaged = Buffer.from(png)
    damaged.fill(0xff, at + 20, at + 40)
    expect(readPlainPng(damaged)).toBeUndefined()
  })

  it('does not inflate a large profile', async () => {
    expect(readPlainPng(await pngOfLargeProfile(64))).toBeUndefined()
  })
})
