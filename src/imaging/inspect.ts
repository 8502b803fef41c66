import { ImagingError } from './errors.ts'
import { fileType, IMAGE_TYPE_NAMES, type ImageType } from './file-type.ts'
import { countScans } from './jpeg-scans.ts'
import { hasManyChunks, MOST_CHUNKS, plainPngHeader } from './png-chunks.ts'
import { sharp } from './sharp.ts'

/** What a picture may cost. All are bounds that may be reached, not exceeded. */
export interface DecodeLimits {
  /** width × height; checked from the header, before anything is decoded */
  readonly pixelLimit: number
  /** frames of an animation or pages of a TIFF: only the first is decoded, but all are walked over */
  readonly frameLimit: number
  /** scans of a progressive JPEG */
  readonly scanLimit: number
  /** scans × width × height of a JPEG: its decoding time, about 0.4 ns each when the scans are empty */
  readonly scannedPixelLimit: number
  /** whole seconds of decoding, looked at between strips of rows: a decoder stuck inside one is not interrupted */
  readonly timeLimitSeconds: number
}

/** What `decodeImage` keeps to unless told otherwise. */
export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  pixelLimit: 25_000_000,
  frameLimit: 2_000,
  scanLimit: 100,
  scannedPixelLimit: 500_000_000,
  timeLimitSeconds: 10,
}

/** A file that may be decoded: its type is taken, and what its header says keeps to the limits. */
export interface ImageFile extends Header {
  readonly bytes: Uint8Array
  readonly format: ImageType
  readonly bounds: DecodeLimits
  readonly warnings: readonly string[]
}

interface Header {
  readonly width: number
  readonly height: number
  /** as it is seen, its EXIF orientation applied */
  readonly upright: { readonly width: number; readonly height: number }
  /** EXIF's, 1: as it is stored */
  readonly orientation: number
  readonly frames: number
  /** libvips' name of a sample's type */
  readonly depth: string
  /** the colour profile: none, one that says it is sRGB, or one that has to be applied */
  readonly profile: 'none' | 'srgb' | 'other'
  readonly hasAlpha: boolean
  /** libvips' name of the colour space */
  readonly space: string
}

/**
 * `srgb`: of a display in RGB that says it is IEC 61966-2.1, by its header's class, colour space, manufacturer and model
 * (ICC.1:2022, 7.2): most are, and converting from sRGB to sRGB takes longer than decoding.
 */
function profileOf(profile: Buffer | undefined): Header['profile'] {
  if (profile === undefined) return 'none'
  const isSrgb =
    profile.toString('latin1', 12, 20) === 'mntrRGB ' && profile.toString('latin1', 48, 56) === 'IEC sRGB'
  return isSrgb ? 'srgb' : 'other'
}

/** Looks at a file without decoding it. Throws `ImagingError`. */
export async function inspectImage(
  bytes: Uint8Array,
  limits: Partial<DecodeLimits> = {},
): Promise<ImageFile> {
  const bounds = { ...DEFAULT_DECODE_LIMITS, ...limits }
  if (bytes.byteLength === 0)
    throw new ImagingError('empty', `expected an image, got no bytes: send a ${IMAGE_TYPE_NAMES}`)
  const type = fileType(bytes)
  if ('other' in type)
    throw new ImagingError('unsupported-type', `expected a ${IMAGE_TYPE_NAMES}, got ${type.other}`)
  const format = type.image

  if (format === 'png' && hasManyChunks(bytes))
    throw new ImagingError(
      'too-complex',
      `expected a PNG of at most ${MOST_CHUNKS} chunks besides its pixels, got more: save it again`,
    )
  const scans = format === 'jpeg' ? countScans(bytes, bounds.scanLimit) : 1
  if (scans > bounds.scanLimit) throw tooManyScans(`more than ${bounds.scanLimit}`)
  const header = (format === 'png' ? plainHeader(bytes) : undefined) ?? (await readHeader(bytes, format))
  checkHeader(header, format, bounds)
  if (scans > 1 && scans * header.width * header.height > bounds.scannedPixelLimit)
    throw tooManyScans(`${scans}`)
  const warnings = header.frames > 1 ? [firstOnly(format, header.frames)] : []
  return { ...header, bytes, format, bounds, warnings }
}

/** The first frame or page of a file, upright, within the limits; a profile that says it is sRGB is not applied. */
export const openImage = ({ bytes, bounds, profile }: ImageFile) =>
  sharp(bytes, {
    failOn: 'error',
    limitInputPixels: bounds.pixelLimit,
    limitInputChannels: 5,
    pages: 1,
    autoOrient: true,
    ignoreIcc: profile === 'srgb',
  }).timeout({ seconds: bounds.timeLimitSeconds })

/** A plain PNG's header without a way through libuv's threads, which takes a tenth of its decoding. */
function plainHeader(bytes: Uint8Array): Header | undefined {
  const png = plainPngHeader(bytes)
  const profile = profileOf(png?.profile)
  if (!png || profile === 'other') return undefined
  const { width, height } = png
  const alike = { orientation: 1, frames: 1, depth: 'uchar', hasAlpha: false, space: 'srgb' }
  return { width, height, upright: { width, height }, profile, ...alike }
}

async function readHeader(bytes: Uint8Array, format: ImageType): Promise<Header> {
  const meta = await sharp(bytes, { failOn: 'error', limitInputPixels: false })
    .metadata()
    .catch(refuse(format))
  const detected = meta.format === 'heif' && meta.compression === 'av1' ? 'avif' : meta.format
  if (detected !== format)
    throw new ImagingError(
      'unsupported-type',
      `expected a ${IMAGE_TYPE_NAMES}, got a file that only starts like one`,
    )
  return {
    width: meta.width,
    height: meta.height,
    upright: meta.autoOrient,
    orientation: meta.orientation ?? 1,
    frames: meta.pages ?? 1,
    depth: meta.depth,
    profile: profileOf(meta.icc),
    hasAlpha: meta.hasAlpha,
    space: meta.space,
  }
}

function checkHeader(
  { width, height, frames, depth }: Header,
  format: ImageType,
  bounds: DecodeLimits,
): void {
  if (width * height > bounds.pixelLimit) {
    const millions = (pixels: number) => (pixels / 1e6).toLocaleString('en', { maximumFractionDigits: 6 })
    throw new ImagingError(
      'too-large',
      `expected at most ${millions(bounds.pixelLimit)} megapixels, got ${width}x${height} (${millions(width * height)} megapixels): send a smaller picture`,
    )
  }
  if (frames > bounds.frameLimit)
    throw new ImagingError(
      'too-complex',
      `expected at most ${bounds.frameLimit} frames, got ${frames}: send one frame`,
    )
  if (depth === 'float' || depth === 'double')
    throw new ImagingError(
      'unsupported-type',
      `expected 8 or 16 bits a sample, got a ${format.toUpperCase()} of floating-point numbers: send them as application/x-npy`,
    )
}

const tooManyScans = (scans: string) =>
  new ImagingError(
    'too-complex',
    `expected a JPEG of few scans, got ${scans}: save it again as a baseline (not progressive) JPEG, or smaller`,
  )

const firstOnly = (format: ImageType, frames: number) =>
  format === 'tiff' ? `several pages: first page of ${frames}` : `animated: first frame of ${frames}`

/** sharp's message as a hint: its first line without the names of libraries and without paths, at most 120 characters. */
function hintOf(message: string): string {
  const line = (message.split('\n', 1)[0] ?? '')
    .replace(/^Input buffer (has corrupt header: ?|contains )/, '')
    .replace(/^\w+: /, '')
    .replace(/(\/[\w.-]+){2,}/g, '')
    .trim()
  return line === '' || line === 'Unknown error' ? '' : ` (${line.slice(0, 120)})`
}

/** Turns sharp's error into ours. */
export const refuse =
  (format: ImageType) =>
  (error: unknown): never => {
    const message = error instanceof Error ? error.message : ''
    const name = format.toUpperCase()
    if (message.startsWith('timeout'))
      throw new ImagingError(
        'too-complex',
        `decoding this ${name} took too long: send a smaller or simpler picture`,
      )
    const what = `expected a whole ${name}, got one that is truncated or damaged`
    throw new ImagingError('corrupt', what + hintOf(message))
  }
