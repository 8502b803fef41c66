import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { HttpError } from '../errors.ts'

/** What bounds the reading of a body: its length, its time, the memory of all bodies together. */
export interface BodyBounds {
  /** most bytes */
  readonly limit: number
  readonly signal: AbortSignal
  /** Called with the length of each chunk as it comes; throws when there is no room for it. */
  readonly reserve: (bytes: number) => void
}

/** The body as bytes. */
export const readBody = (raw: IncomingMessage, bounds: BodyBounds): Promise<Buffer> =>
  withinBounds(raw, bounds, () =>
    gathered(raw.pipe(new PassThrough()), Number(raw.headers['content-length'])),
  )

/**
 * All of a stream. Where its length is known, chunks are copied as they come into room of that length, which the system does
 * not give before it is written to: joined in the end, a large body would be there twice, and hold up everybody else.
 */
async function gathered(stream: PassThrough, length: number): Promise<Buffer> {
  if (!Number.isInteger(length)) return buffer(stream)
  let body: Buffer | undefined
  let at = 0
  for await (const chunk of stream) {
    body ??= Buffer.allocUnsafeSlow(length)
    at += Buffer.from(chunk).copy(body, at)
  }
  return body ?? Buffer.alloc(0)
}

/**
 * What `read` makes of the body, once the body has come to its end. `read` pipes it, so that it can be taken off the pipe:
 * whatever fails, the rest is thrown away and the connection stays usable (`drain-body.ts` bounds that). Fails with
 * `body-too-large` as soon as that is known, from Content-Length or while the body streams, and with the signal's reason
 * when the client goes or is too slow.
 */
export async function withinBounds<T>(
  raw: IncomingMessage,
  { limit, signal, reserve }: BodyBounds,
  read: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  if (Number(raw.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)

  const { promise: failed, reject } = Promise.withResolvers<never>()
  let length = 0
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    try {
      if (length > limit) throw tooLarge(limit)
      reserve(chunk.length)
    } catch (error) {
      refuse(error)
    }
  }
  const onBroken = (): void => {
    if (!raw.readableEnded) refuse(new HttpError('malformed-request', 'the body was cut off'))
  }
  const onAbort = (): void => refuse(signal.reason)
  const release = (): void => {
    raw.off('data', onData).off('error', onBroken).off('close', onBroken)
    signal.removeEventListener('abort', onAbort)
    raw.unpipe()
    raw.resume()
  }
  const refuse = (error: unknown): void => {
    release()
    reject(error)
  }
  // before `read` attaches its own, so that these bounds speak first
  signal.addEventListener('abort', onAbort, { once: true })
  raw.on('data', onData).on('error', onBroken).on('close', onBroken)
  const ended = new Promise<void>((resolve) => raw.once('end', resolve))
  try {
    const result = await Promise.race([read(), failed])
    raw.resume()
    await Promise.race([ended, failed])
    return result
  } finally {
    release()
  }
}

const tooLarge = (limit: number): HttpError =>
  new HttpError('body-too-large', `the body is longer than ${limit} bytes`)
