const SIGNATURE_BYTES = 8
/** Of a chunk besides what it holds: its length, its type, its checksum. */
const FRAME_BYTES = 12

/** Bytes that the chunks of a type hold in a PNG. Reads lengths and types alone; a truncated file just ends the count. */
export function chunkBytes(png: Uint8Array, type: string): number {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let bytes = 0
  let at = SIGNATURE_BYTES
  while (at + FRAME_BYTES <= png.length) {
    const length = view.getUint32(at)
    if (String.fromCharCode(...png.subarray(at + 4, at + 8)) === type) bytes += length
    at += FRAME_BYTES + length
  }
  return bytes
}
