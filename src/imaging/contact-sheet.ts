import type { Raster } from './raster.ts'
import { sharp } from './sharp.ts'

/** Longest side of a picture on a sheet, pixels. */
const SIDE = 256
const GAP = 12
const PAPER = '#fff'

/** A picture on its way to a sheet: R,G,B, at most 256 pixels a side. */
export interface Thumbnail {
  readonly width: number
  readonly height: number
  readonly pixels: Buffer
}

/** A raster small enough for a sheet, transparency on white; small ones keep their size. */
export async function thumbnailOf({ width, height, channels, data }: Raster): Promise<Thumbnail> {
  const { data: pixels, info } = await sharp(data, { raw: { width, height, channels } })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: PAPER })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels }
}

/** Pictures in rows and columns, in reading order, each in the middle of its place: a PNG. */
export function contactSheet(thumbnails: readonly Thumbnail[]): Promise<Buffer> {
  const columns = Math.ceil(Math.sqrt(thumbnails.length))
  const rows = Math.ceil(thumbnails.length / columns)
  const cell = {
    width: Math.max(...thumbnails.map(({ width }) => width)),
    height: Math.max(...thumbnails.map(({ height }) => height)),
  }
  const along = (count: number, size: number) => GAP + count * (size + GAP)
  const placed = thumbnails.map(({ width, height, pixels }, i) => ({
    input: pixels,
    raw: { width, height, channels: 3 } as const,
    left: along(i % columns, cell.width) + Math.floor((cell.width - width) / 2),
    top: along(Math.floor(i / columns), cell.height) + Math.floor((cell.height - height) / 2),
  }))
  const size = { width: along(columns, cell.width), height: along(rows, cell.height) }
  return sharp({ create: { ...size, channels: 3, background: PAPER } })
    .composite(placed)
    .removeAlpha()
    .png({ compressionLevel: 2 })
    .toBuffer()
}
