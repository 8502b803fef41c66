import { inflateSync } from 'node:zlib'

const SIGNATURE_BYTES = 8
/** Of a chunk besides what it holds: its length, its type, its checksum. */
const FRAME_BYTES = 12
const HEADER_BYTES = 13

/** The type of the last chunk. What follows is none of the picture's. */
const END = 'IEND'

interface Chunk {
  readonly type: string
  /** of what it holds */
  readonly begin: number
  readonly length: number
}

/** Encoders write a photo of 20 MB in some 3000. Walking over more would hold up everybody else. */
export const MOST_CHUNKS = 10_000

/** The chunks of a PNG in order, undefined where they are too many. Reads lengths and types alone; a truncated file just ends them. */
function chunksOf(png: Uint8Array): readonly Chunk[] | undefined {
  const view = viewOf(png)
  const chunks: Chunk[] = []
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= png.length; ) {
    if (chunks.length === MOST_CHUNKS) return undefined
    const length = view.getUint32(at)
    chunks.push({ type: String.fromCharCode(...png.subarray(at + 4, at + 8)), begin: at + 8, length })
    if (chunks.at(-1)?.type === END) break
    at += FRAME_BYTES + length
  }
  return chunks
}

/** IDAT and IEND, as their four bytes are read. */
const [PIXELS_BITS, END_BITS] = [0x49444154, 0x49454e44]

/** Whether a PNG has more chunks than any picture needs, those of pixels not counted: libpng has a warning for each, and a million hold up everybody. */
export function hasManyChunks(png: Uint8Array): boolean {
  const view = viewOf(png)
  let others = 0
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= png.length && others <= MOST_CHUNKS; ) {
    const type = view.getUint32(at + 4)
    if (type === END_BITS) break
    if (type !== PIXELS_BITS) others++
    at += FRAME_BYTES + view.getUint32(at)
  }
  return others > MOST_CHUNKS
}

/** Bytes that the chunks of a type hold in a PNG; Infinity where there are too many chunks to tell. */
export function chunkBytes(png: Uint8Array, type: string): number {
  const chunks = chunksOf(png)
  if (!chunks) return Infinity
  return chunks.reduce((bytes, chunk) => bytes + (chunk.type === type ? chunk.length : 0), 0)
}

/** Chunks that change nothing of what a picture of R,G,B bytes looks like here. */
const PLAIN = ['IHDR', 'IDAT', 'IEND', 'pHYs', 'tIME', 'gAMA', 'cHRM', 'sRGB', 'tEXt', 'zTXt', 'iTXt']
const PROFILE = 'iCCP'
const KNOWN = new Set([...PLAIN, PROFILE])
/** What a header of R,G,B bytes says after the sides: bits of a sample, colour type, compression, filter. */
const RGB_BYTES = [8, 2, 0, 0]
const LONGEST_SIDE = 2 ** 31 - 1
/** A profile that is sRGB has some 3000 bytes, deflated. More are not inflated: they may become half a gigabyte, or take a second. */
export const MOST_PROFILE_BYTES = 4096
const MOST_INFLATED_PROFILE_BYTES = 16_384

interface PlainPngHeader {
  readonly width: number
  readonly height: number
  readonly profile: Buffer | undefined
}

/**
 * What a whole PNG of R,G,B bytes says of itself, which has at most a colour profile besides: no transparency, no EXIF. Undefined of others,
 * and of whatever libvips might refuse.
 */
export function plainPngHeader(png: Uint8Array): PlainPngHeader | undefined {
  const chunks = chunksOf(png) ?? []
  const [header] = chunks
  const count = (type: string) => chunks.filter((chunk) => chunk.type === type).length
  const isWhole = header?.type === 'IHDR' && header.length === HEADER_BYTES && chunks.at(-1)?.type === END
  if (!isWhole || !chunks.every(({ type }) => KNOWN.has(type))) return undefined
  if (count('IHDR') !== 1 || count('IDAT') === 0) return undefined

  const view = viewOf(png)
  const [width, height] = [view.getUint32(header.begin), view.getUint32(header.begin + 4)]
  const areSides = [width, height].every((side) => side >= 1 && side <= LONGEST_SIDE)
  const isRgb = RGB_BYTES.every((value, i) => view.getUint8(header.begin + 8 + i) === value)
  const interlacing = view.getUint8(header.begin + 12)
  if (!areSides || !isRgb || interlacing > 1) return undefined

  const [first, ...more] = chunks.filter(({ type }) => type === PROFILE)
  if (first === undefined) return { width, height, profile: undefined }
  const profile =
    more.length === 0 ? profileIn(png.subarray(first.begin, first.begin + first.length)) : undefined
  return profile && { width, height, profile }
}

/** A name, 0, a method (0), and the deflated profile. Undefined where it is not so, or larger than most. */
function profileIn(chunk: Uint8Array): Buffer | undefined {
  const end = chunk.indexOf(0)
  if (chunk.length > MOST_PROFILE_BYTES || end < 0 || chunk[end + 1] !== 0) return undefined
  try {
    return inflateSync(chunk.subarray(end + 2), { maxOutputLength: MOST_INFLATED_PROFILE_BYTES })
  } catch {
    // damaged or large: libvips says what it is
    return undefined
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength)
