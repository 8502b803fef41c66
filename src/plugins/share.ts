import { setImmediate } from 'node:timers/promises'

/** Bytes that are copied before others get their turn: about 2 ms. */
const PIECE_BYTES = 8 << 20

/** Copies bytes to the beginning of others; the event loop runs between the pieces. */
async function copyInPieces<T extends Uint8Array>(from: Uint8Array, to: T): Promise<T> {
  for (let at = 0; at < from.length; at += PIECE_BYTES) {
    if (at > 0) await setImmediate()
    to.set(from.subarray(at, at + PIECE_BYTES), at)
  }
  return to
}

/** The same samples in memory that threads share: sending it copies nothing. */
export async function shareInPieces(data: Uint8Array | Uint16Array): Promise<Uint8Array | Uint16Array> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const shared = await copyInPieces(bytes, new Uint8Array(new SharedArrayBuffer(data.byteLength)))
  return data instanceof Uint8Array ? shared : new Uint16Array(shared.buffer)
}

/** Bytes in memory of their own, which can be moved to another thread; a decoder's cannot. */
export const ownMemory = (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  copyInPieces(bytes, new Uint8Array(bytes.length))
