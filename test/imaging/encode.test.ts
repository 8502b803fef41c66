import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/imaging/decode.ts'
import { encodePicture, PICTURE_FORMATS } from '../../src/imaging/encode.ts'
import { largestDifference } from './fixtures.ts'

const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 50))
const picture = { width: 40, height: 30, pixels }
/** what lossy coding at quality 85 may change of a smooth picture */
const lossy = 30

describe('encodePicture', () => {
  it.each(PICTURE_FORMATS)('writes a %s that reads back', async (format) => {
    const file = await encodePicture(picture, format)
    expect((await sharp(file).metadata()).mediaType).toBe(`image/${format}`)
    const back = await decodeImage(file)
    expect([back.width, back.height]).toEqual([40, 30])
    expect(largestDifference(back.pixels, pixels)).toBeLessThanOrEqual(format === 'png' ? 0 : lossy)
  })

  it.each(PICTURE_FORMATS)('writes the same %s twice', async (format) => {
    expect(await encodePicture(picture, format)).toEqual(await encodePicture(picture, format))
  })
})
