import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { countScans } from '../../src/imaging/jpeg-scans.ts'
import { manyScans } from './hostile.ts'

const photo = sharp({
  create: {
    width: 80,
    height: 60,
    channels: 3,
    background: '#000',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
})

describe('countScans', () => {
  it.each([
    [1, 'baseline', () => photo.clone().jpeg().toBuffer()],
    [10, 'progressive', () => photo.clone().jpeg({ progressive: true }).toBuffer()],
    [37, 'crafted', () => manyScans(64, 37)],
  ])('counts %i in a %s JPEG', async (scans, _, file) => {
    expect(countScans(await file(), 100)).toBe(scans)
  })

  it('stops just above its limit', () => {
    expect(countScans(manyScans(64, 600), 100)).toBe(101)
  })

  it('does not count scans inside a segment, of a thumbnail say', async () => {
    const jpeg = await photo.clone().jpeg().toBuffer()
    const thumbnail = Buffer.from([0xff, 0xe1, 0, 12, 0xff, 0xda, 0, 2, 0xff, 0xda, 0, 2, 0xff, 0xd9])
    expect(countScans(Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2)]), 100)).toBe(1)
  })

  it('does not count what follows the end of the image', async () => {
    const jpeg = await photo.clone().jpeg().toBuffer()
    expect(countScans(Buffer.concat([jpeg, jpeg]), 100)).toBe(1)
  })

  it.each([
    [[]],
    [[0xff]],
    [[0xff, 0xd8]],
    [[0xff, 0xd8, 0xff]],
    [[0xff, 0xd8, 0xff, 0xe0]],
    [[0xff, 0xd8, 0xff, 0xff, 0xff]],
  ])('ends on the cut-off file %j', (bytes) => {
    expect(countScans(Uint8Array.from(bytes), 100)).toBe(0)
  })
})
