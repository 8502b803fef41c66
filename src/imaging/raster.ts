import { setImmediate } from 'node:timers/promises'
import { encodePicture } from './encode.ts'
import { ImagingError } from './errors.ts'
import type { ImageType } from './file-type.ts'
import { type DecodeLimits, type ImageFile, inspectImage, openImage, refuse } from './inspect.ts'
import { sharp } from './sharp.ts'

/** Pixels in the file's own channels and depth, row by row: width × height × channels. */
export interface Raster {
  readonly width: number
  readonly height: number
  /** grey, grey and alpha, R,G,B, or R,G,B and alpha */
  readonly channels: 1 | 2 | 3 | 4
  readonly depth: 8 | 16
  /** bytes for a depth of 8; alpha is not multiplied in */
  readonly data: Uint8Array | Uint16Array
}

/** A raster as it was read. */
export interface DecodedRaster extends Raster {
  readonly format: ImageType
  readonly warnings: readonly string[]
}

/** Formats of the files that `encodeRaster` writes. */
export const RASTER_FORMATS = ['png', 'webp', 'jpeg'] as const
/** What their files can hold, and libvips writes. */
const LONGEST_SIDES: Readonly<Record<RasterFormat, number>> = { png: 2 ** 31 - 1, webp: 16_383, jpeg: 65_500 }
/** See `RASTER_FORMATS`. */
export type RasterFormat = (typeof RASTER_FORMATS)[number]

/**
 * Bytes of a PNG, JPEG, WebP, GIF, TIFF or AVIF → its upright pixels in sRGB, with what `decodeImage` gives up: grey stays
 * grey, transparency stays, 16 bits a sample stay. A palette becomes its colours; CMYK and Lab become RGB of 8 bits. Refuses
 * what `decodeImage` refuses. Throws `ImagingError`.
 */
export async function decodeRaster(
  bytes: Uint8Array,
  limits: Partial<DecodeLimits> = {},
): Promise<DecodedRaster> {
  const file = await inspectImage(bytes, limits)
  const { format, space, warnings } = file
  const { data, info } = await (isDeep(space) ? read16(file) : read8(file))
  const { width, height, channels } = info
  if (isDeep(space))
    return {
      ...{ width, height, channels, depth: 16, format, warnings },
      data: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2),
    }
  if (space === 'b-w' && channels === 4)
    return { width, height, channels: 2, depth: 8, data: await greyAndAlpha(data), format, warnings }
  return { width, height, channels, depth: 8, data, format, warnings }
}

const isDeep = (space: string): space is 'rgb16' | 'grey16' => space === 'rgb16' || space === 'grey16'

function read16(file: ImageFile) {
  const image = openImage(file).toColourspace(file.space)
  // sharp brings a profile of 16 bits a channel to Display P3
  if (file.space === 'rgb16' && file.profile === 'other') image.withIccProfile('srgb')
  return image.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true }).catch(refuse(file.format))
}

function read8(file: ImageFile) {
  // sharp's raw output of a grey picture has no alpha
  const space = file.space === 'b-w' && !file.hasAlpha ? 'b-w' : 'srgb'
  return openImage(file)
    .toColourspace(space)
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuse(file.format))
}

/** A picture is packed in pieces; between two of them the event loop runs. */
const pixelsAtOnce = 1_000_000

/** R,G,B,A of a grey picture → grey and alpha, in the first half of the same memory. */
async function greyAndAlpha(rgba: Uint8Array): Promise<Uint8Array> {
  const pixels = rgba.length / 4
  for (let i = 0; i < pixels; i++) {
    if (i % pixelsAtOnce === 0 && i > 0) await setImmediate()
    rgba[2 * i] = rgba[4 * i] ?? 0
    rgba[2 * i + 1] = rgba[4 * i + 3] ?? 0
  }
  return rgba.subarray(0, 2 * pixels)
}

/** Larger pictures go to sharp, which reads them where they are: the other encoder takes several copies. */
const FAST_PIXELS = 12_000_000

/**
 * A raster as a file; the same raster gives the same bytes. PNG keeps everything, 16 bits too; WebP (quality 85) and JPEG
 * (quality 90) are lossy and of 8 bits, WebP in
 * colours always, JPEG without alpha: it is laid on white.
 */
export async function encodeRaster(raster: Raster, format: RasterFormat): Promise<Buffer> {
  const { width, height, channels, depth, data } = raster
  const longest = LONGEST_SIDES[format]
  if (Math.max(width, height) > longest)
    throw new ImagingError(
      'too-large',
      `a ${format.toUpperCase()} has at most ${longest} pixels a side, this picture is ${width}x${height}: take another format`,
    )
  if (format === 'png' && data instanceof Uint8Array && channels === 3 && width * height <= FAST_PIXELS)
    return encodePicture({ width, height, pixels: data }, 'png')
  const image = sharp(data, { raw: { width, height, channels } })
  switch (format) {
    case 'png':
      return image.toColourspace(spaceOf(channels, depth)).png({ compressionLevel: 2 }).toBuffer()
    case 'webp':
      return image.webp({ quality: 85, effort: 0 }).toBuffer()
    case 'jpeg':
      return image
        .flatten({ background: '#fff' })
        .toColourspace(spaceOf(channels, 8))
        .jpeg({ quality: 90 })
        .toBuffer()
  }
}

const spaceOf = (channels: Raster['channels'], depth: Raster['depth']) => {
  if (channels < 3) return depth === 16 ? 'grey16' : 'b-w'
  return depth === 16 ? 'rgb16' : 'srgb'
}
