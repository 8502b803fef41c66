import type { Size } from '../placement.ts'
import type { Picture } from '../render.ts'
import { sharp } from '../sharp.ts'

/** 8 bits a sample, grey or R,G,B: a `Raster` of that kind is one. */
export interface Bitmap extends Size {
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** How much larger a picture is shown: a whole number where it fits more than once, so that its pixels are seen. */
export function zoomOf({ width, height }: Size, room: Size): number {
  const zoom = Math.min(room.width / width, room.height / height)
  return zoom < 1 ? zoom : Math.floor(zoom)
}

/** The sides of a picture as it is shown. */
export const shownSize = ({ width, height }: Size, zoom: number): Size => ({
  width: Math.max(1, Math.round(width * zoom)),
  height: Math.max(1, Math.round(height * zoom)),
})

/** The picture in R,G,B, shrunk where it is shown smaller than it is. */
export async function shrunk({ width, height, channels, data }: Bitmap, zoom: number): Promise<Picture> {
  const to = shownSize({ width, height }, Math.min(1, zoom))
  const pixels = await sharp(data, { raw: { width, height, channels } })
    .resize(to.width, to.height, { fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer()
  return { ...to, pixels }
}
