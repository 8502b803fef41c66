import { describe, expect, it } from 'vitest'
import { contactSheet, thumbnailOf } from '../../src/imaging/contact-sheet.ts'
import { decodeImage } from '../../src/imaging/decode.ts'
import type { Raster } from '../../src/imaging/raster.ts'

const GAP = 12
const plain = (width: number, height: number, color: readonly [number, number, number, number]): Raster => ({
  ...{ width, height, channels: 4, depth: 8 },
  data: Uint8Array.from({ length: width * height * 4 }, (_, i) => color[i % 4] ?? 0),
})

async function sheetOf(...rasters: readonly Raster[]) {
  const sheet = await decodeImage(await contactSheet(await Promise.all(rasters.map(thumbnailOf))))
  const at = (x: number, y: number) => [...sheet.pixels.subarray((y * sheet.width + x) * 3).subarray(0, 3)]
  return { ...sheet, at }
}

describe('a contact sheet', () => {
  it('has its pictures in rows and columns, each in the middle of its place', async () => {
    const [red, green, blue] = [
      [200, 0, 0, 255],
      [0, 200, 0, 255],
      [0, 0, 200, 255],
    ] as const
    const sheet = await sheetOf(plain(20, 10, red), plain(10, 20, green), plain(20, 20, blue))
    expect([sheet.width, sheet.height]).toEqual([2 * 20 + 3 * GAP, 2 * 20 + 3 * GAP])
    expect(sheet.at(GAP + 10, GAP + 10)).toEqual([200, 0, 0])
    expect(sheet.at(GAP + 10, GAP + 2)).toEqual([255, 255, 255])
    expect(sheet.at(2 * GAP + 20 + 10, GAP + 2)).toEqual([0, 200, 0])
    expect(sheet.at(GAP + 1, 2 * GAP + 20 + 1)).toEqual([0, 0, 200])
    // the fourth place is empty
    expect(sheet.at(2 * GAP + 20 + 10, 2 * GAP + 20 + 10)).toEqual([255, 255, 255])
  })

  it('has large pictures smaller, and transparency on white', async () => {
    const sheet = await sheetOf(plain(1000, 500, [0, 0, 0, 0]))
    expect([sheet.width, sheet.height]).toEqual([256 + 2 * GAP, 128 + 2 * GAP])
    expect(sheet.at(100, 60)).toEqual([255, 255, 255])
  })

  it('shows 16 bits and grey', async () => {
    const grey: Raster = {
      width: 4,
      height: 4,
      channels: 1,
      depth: 16,
      data: new Uint16Array(16).fill(128 * 257),
    }
    expect((await sheetOf(grey)).at(GAP + 1, GAP + 1)).toEqual([128, 128, 128])
  })
})
