import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { crc32, createDeflate, deflateSync } from 'node:zlib'

const segment = (marker: number, body: readonly number[]) =>
  Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body])
const oneCode = (table: number, symbol: number) =>
  segment(0xc4, [table, 1, ...new Array<number>(15).fill(0), symbol])

/**
 * A valid grey-valued progressive JPEG of side × side pixels in `scans` scans (at most 631): one for DC, then one per
 * coefficient and bit, each an end-of-band run of a few bytes that makes the decoder sweep every block.
 */
export function manyScans(side: number, scans: number): Buffer {
  const blocks = Math.ceil(side / 8) ** 2
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    segment(0xc2, [8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0]),
    oneCode(0x00, 0),
    oneCode(0x10, 0xe0),
    segment(0xda, [1, 1, 0, 0, 0, 0]),
    Buffer.alloc(Math.ceil(blocks / 8)),
  ]
  const runs = '011111111111111'.repeat(Math.ceil(blocks / 32767))
  const bits = runs.padEnd(Math.ceil(runs.length / 8) * 8, '1')
  const bytes = (bits.match(/.{8}/g) ?? []).flatMap((byte) =>
    byte === '11111111' ? [255, 0] : [Number.parseInt(byte, 2)],
  )
  for (let scan = 1; scan < scans; scan++) {
    const coefficient = 1 + Math.floor((scan - 1) / 10)
    const low = 9 - ((scan - 1) % 10)
    const high = low === 9 ? 0 : low + 1
    parts.push(segment(0xda, [1, 1, 0, coefficient, coefficient, (high << 4) | low]), Buffer.from(bytes))
  }
  parts.push(Buffer.from([0xff, 0xd9]))
  return Buffer.concat(parts)
}

/** A chunk of a PNG, with its checksum. */
export function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), body])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

/** An RGB PNG that claims a size and holds one row of it. */
export function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1 + 3 * Math.min(width, 1000)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A grey PNG of 9×7 pixels whose colour profile inflates to so many megabytes of zeros. */
export async function pngOfLargeProfile(megabytes: number): Promise<Buffer> {
  const deflate = createDeflate()
  const deflated = buffer(deflate)
  const zeros = Buffer.alloc(2 ** 20)
  for (let i = 0; i < megabytes; i++) if (!deflate.write(zeros)) await once(deflate, 'drain')
  deflate.end()
  const profile = Buffer.concat([Buffer.from('x\0\0', 'latin1'), await deflated])
  const lines = Buffer.alloc(7 * (1 + 3 * 9), 90)
  for (let y = 0; y < 7; y++) lines[y * (1 + 3 * 9)] = 0
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.from([0, 0, 0, 9, 0, 0, 0, 7, 8, 2, 0, 0, 0])),
    chunk('iCCP', profile),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A lossless WebP of 32 bytes that claims a size. */
export function webpClaiming(width: number, height: number): Buffer {
  const file = Buffer.alloc(32)
  file.write('RIFF\x18\0\0\0WEBPVP8L\x0b\0\0\0\x2f', 'latin1')
  file.writeUInt32LE(width - 1 + (height - 1) * 2 ** 14, 21)
  return file
}

/** A GIF of one pixel and many frames. */
export function gifOfFrames(frames: number): Buffer {
  const head = Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1')
  const frame = Buffer.from('\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0', 'latin1')
  return Buffer.concat([head, ...new Array<Buffer>(frames).fill(frame), Buffer.from(';')])
}

/** A grey TIFF of one row per page, from (tag, value) rows of long integers; no pixel data behind it. */
export function tiffOf(tags: readonly (readonly [tag: number, value: number])[]): Buffer {
  const file = Buffer.alloc(8 + 2 + 12 * tags.length + 4 + 400)
  file.write('II*\0\x08\0\0\0', 'latin1')
  file.writeUInt16LE(tags.length, 8)
  tags.forEach(([tag, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i)
    file.writeUInt16LE(4, 12 + 12 * i)
    file.writeUInt32LE(1, 14 + 12 * i)
    file.writeUInt32LE(value, 18 + 12 * i)
  })
  return file
}

/** A TIFF of one tile that claims to be 40000x40000 for a picture of 100x100. */
export const hugeTile = (): Buffer =>
  tiffOf([
    [256, 100],
    [257, 100],
    [258, 8],
    [259, 8],
    [262, 1],
    [277, 1],
    [322, 40_000],
    [323, 40_000],
    [324, 200],
    [325, 100],
  ])

/** A 1x1 TIFF of a 32-bit floating-point sample. */
export const floatTiff = (): Buffer =>
  tiffOf([
    [256, 1],
    [257, 1],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 200],
    [277, 1],
    [278, 1],
    [279, 4],
    [339, 3],
  ])
