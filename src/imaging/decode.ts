import { Transformer } from '@napi-rs/image'
import type { ImageType } from './file-type.ts'
import { type DecodeLimits, type ImageFile, inspectImage, openImage, refuse } from './inspect.ts'
import { chunkBytes, MOST_PROFILE_BYTES } from './png-chunks.ts'

/** A picture as the rest of the service sees it: upright, opaque, sRGB. */
export interface DecodedImage {
  readonly width: number
  readonly height: number
  /** R,G,B bytes, row by row: width × height × 3 */
  readonly pixels: Buffer
  readonly format: ImageType
  readonly warnings: readonly string[]
}

/**
 * Bytes of a PNG, JPEG, WebP, GIF, TIFF or AVIF → upright 8-bit sRGB. EXIF orientation is applied, an embedded colour
 * profile too, transparency is laid on white; grey, palette, CMYK and 16-bit pictures are converted; of several frames or
 * pages the first is taken, with a warning. Throws `ImagingError`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  limits: Partial<DecodeLimits> = {},
): Promise<DecodedImage> {
  const file = await inspectImage(bytes, limits)
  const { data, info } = await readPixels(file)
  const { format, warnings } = file
  return { width: info.width, height: info.height, pixels: data, format, warnings }
}

interface Pixels {
  readonly data: Buffer
  readonly info: { readonly width: number; readonly height: number }
}

const readPixels = async (file: ImageFile): Promise<Pixels> =>
  (isPlainPng(file) ? await readPlainPng(file) : undefined) ?? (await readAny(file))

/** Larger ones take the Rust decoder as long, and libvips looks at the clock. */
const MOST_PLAIN_PIXELS = 4_000_000

/** A PNG whose bytes are the picture: nothing is to be converted, turned or laid on white. */
const isPlainPng = (file: ImageFile): boolean =>
  file.format === 'png' &&
  file.space === 'srgb' &&
  file.depth === 'uchar' &&
  file.profile !== 'other' &&
  !file.hasAlpha &&
  file.orientation === 1 &&
  file.width * file.height <= MOST_PLAIN_PIXELS &&
  chunkBytes(file.bytes, 'iCCP') <= MOST_PROFILE_BYTES

/**
 * By the Rust decoder, which takes half of libvips' time. What it does not take, or takes for another picture, libvips judges. It
 * looks at the chunks' checksums, not at zlib's own.
 */
async function readPlainPng({ bytes, width, height }: ImageFile): Promise<Pixels | undefined> {
  const data = await new Transformer(bytes).rawPixels().catch(() => undefined)
  return data?.length === width * height * 3 ? { data, info: { width, height } } : undefined
}

function readAny(file: ImageFile): Promise<Pixels> {
  const image = openImage(file)
  // else sharp brings a profile of 16 bits a channel to Display P3, and leaves it there
  if (file.space === 'rgb16') image.pipelineColourspace('srgb')
  return image
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuse(file.format))
}
