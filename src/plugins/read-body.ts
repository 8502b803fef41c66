import type { IncomingMessage } from 'node:http'
import { HttpError } from '../errors.ts'

interface ReadOptions {
  /** most bytes; one more and the rest is not kept */
  readonly limit: number
  readonly signal: AbortSignal
  /** Called with the length of each chunk before it is kept; throws when there is no room for it. */
  readonly reserve: (bytes: number) => void
}

/**
 * The body as bytes. Fails with `body-too-large` as soon as that is known, from Content-Length or while it streams: the
 * rest is then read and thrown away, so that the connection stays usable (`drain-body.ts` bounds that). Fails with the
 * signal's reason when the client goes or is too slow.
 */
export function readBody(raw: IncomingMessage, { limit, signal, reserve }: ReadOptions): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let length = 0

  const settle = (done: () => void): void => {
    raw.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
    signal.removeEventListener('abort', onAbort)
    raw.resume()
    done()
  }
  const refuse = (error: unknown): void => settle(() => reject(error))
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    try {
      if (length > limit) throw tooLarge(limit)
      reserve(chunk.length)
      chunks.push(chunk)
    } catch (error) {
      refuse(error)
    }
  }
  const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks, length)))
  const onBroken = (): void => refuse(new HttpError('malformed-request', 'the body was cut off'))
  const onAbort = (): void => refuse(signal.reason)

  if (signal.aborted) return Promise.reject(signal.reason)
  if (Number(raw.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit))
  signal.addEventListener('abort', onAbort, { once: true })
  raw.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
  return promise
}

const tooLarge = (limit: number): HttpError =>
  new HttpError('body-too-large', `the body is longer than ${limit} bytes`)
