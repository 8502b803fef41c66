import type { Picture } from './render.ts'
import { sharp } from './sharp.ts'

/** Formats of the files that `encodePicture` writes. */
export const PICTURE_FORMATS = ['png', 'webp'] as const
/** See `PICTURE_FORMATS`. */
export type PictureFormat = (typeof PICTURE_FORMATS)[number]

/**
 * A picture as a file; the same picture gives the same bytes. Chosen for speed: PNG is lossless, filtered by row and
 * lightly compressed; WebP is lossy, quality 85.
 */
export function encodePicture({ width, height, pixels }: Picture, format: PictureFormat): Promise<Buffer> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 } })
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 2, adaptiveFiltering: true }).toBuffer()
    case 'webp':
      return image.webp({ quality: 85, effort: 0 }).toBuffer()
  }
}
