/** The picture types we take, as HTTP names them (`image/<type>`). */
export const IMAGE_TYPES = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const
/** See `IMAGE_TYPES`. */
export type ImageType = (typeof IMAGE_TYPES)[number]

/** The same in words, for messages. */
export const IMAGE_TYPE_NAMES = 'PNG, JPEG, WebP, GIF, TIFF or AVIF'

type FileType = { readonly image: ImageType } | { readonly other: string }

/** One row per signature: bytes (latin-1) at an offset, and what they mean. The first row that fits wins. */
const signatures: readonly (readonly [offset: number, bytes: string, type: FileType])[] = [
  [0, '\x89PNG\r\n\x1a\n', { image: 'png' }],
  [0, '\xff\xd8\xff', { image: 'jpeg' }],
  [0, 'GIF87a', { image: 'gif' }],
  [0, 'GIF89a', { image: 'gif' }],
  [0, 'II*\0', { image: 'tiff' }],
  [0, 'MM\0*', { image: 'tiff' }],
  [0, 'II+\0', { image: 'tiff' }],
  [0, 'MM\0+', { image: 'tiff' }],
  [8, 'WEBP', { image: 'webp' }],
  [4, 'ftypavif', { image: 'avif' }],
  [4, 'ftypavis', { other: 'an animated AVIF' }],
  [4, 'ftyphei', { other: 'a HEIC image' }],
  [4, 'ftyphev', { other: 'a HEIC image' }],
  [4, 'ftypmif1', { image: 'avif' }],
  [4, 'ftyp', { other: 'a video' }],
  [0, '%PDF', { other: 'a PDF document' }],
  [0, 'BM', { other: 'a BMP image' }],
  [0, '8BPS', { other: 'a Photoshop document' }],
  [0, '\0\0\x01\0', { other: 'an icon (ICO)' }],
  [0, '\xff\x0a', { other: 'a JPEG XL image' }],
  [4, 'JXL ', { other: 'a JPEG XL image' }],
  [4, 'jP  ', { other: 'a JPEG 2000 image' }],
  [0, '\x93NUMPY', { other: 'a NumPy array (send it as application/x-npy)' }],
  [0, 'PK\x03\x04', { other: 'a zip archive' }],
  [0, '\x1f\x8b', { other: 'gzip-compressed data' }],
]

const isText = (head: string) => !/[^\t\r\n\x20-\x7e\x80-\xff]/.test(head)

/** What a file is by its first bytes: one of our image types, or a name of what it is instead. */
export function fileType(bytes: Uint8Array): FileType {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512)).toString('latin1')
  for (const [offset, signature, type] of signatures) if (head.startsWith(signature, offset)) return type
  if (/<svg[\s>]/i.test(head)) return { other: 'an SVG drawing' }
  if (/^\s*(<!doctype html|<html)/i.test(head)) return { other: 'an HTML page' }
  if (/^\s*<\?xml/i.test(head)) return { other: 'an XML document' }
  if (/^\s*[[{]/.test(head) && isText(head)) return { other: 'JSON text' }
  if (/^data:image\//i.test(head)) return { other: 'a data: URL (send the bytes themselves)' }
  return { other: isText(head) ? 'plain text' : 'data of an unknown type' }
}
