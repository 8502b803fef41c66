import type { Picture } from './render.ts'
import { sharp } from './sharp.ts'

export const PICTURE_FORMATS = ['png', 'webp', 'jpeg'] as const
export type PictureFormat = (typeof PICTURE_FORMATS)[number]

export const PICTURE_MEDIA_TYPES: Readonly<Record<PictureFormat, `image/${PictureFormat}`>> = {
  png: 'image/png',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
}

/**
 * A picture as a file; the same picture gives the same bytes. Chosen for speed: PNG is lossless, filtered by row and
 * lightly compressed; WebP and JPEG are lossy, quality 85, full colour resolution for JPEG.
 */
export function encodePicture({ width, height, pixels }: Picture, format: PictureFormat): Promise<Buffer> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 } })
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 2, adaptiveFiltering: true }).toBuffer()
    case 'webp':
      return image.webp({ quality: 85, effort: 0 }).toBuffer()
    case 'jpeg':
      return image.jpeg({ quality: 85, chromaSubsampling: '4:4:4' }).toBuffer()
  }
}
