import type { IncomingMessage, ServerResponse } from 'node:http'
import fp from 'fastify-plugin'

interface DrainOptions {
  /** most bytes of a refused body that are still read */
  readonly maxBytes: number
  readonly maxMs?: number
}

const CHECK_INTERVAL_MS = 100
const MAX_DRAIN_MS = 10_000

/** Whether the rest of the body came within the bounds. It is thrown away as it comes. */
async function drained(
  raw: IncomingMessage,
  { maxBytes, maxMs = MAX_DRAIN_MS }: DrainOptions,
): Promise<boolean> {
  const { socket } = raw
  const lastByte = socket.bytesRead + maxBytes
  const lastMoment = performance.now() + maxMs
  raw.resume()
  while (!raw.complete && !socket.destroyed) {
    if (socket.bytesRead > lastByte || performance.now() > lastMoment) return false
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS))
  }
  return true
}

/**
 * What becomes of a body when the answer is there before its end, a refusal mostly. On a kept connection the answer goes
 * out at once and the rest is read after it, so that the next request finds a clean connection. On one that closes after
 * the answer, closing with unread bytes would reset it and the client might never see the answer: there the rest is
 * read first. A body that exceeds the bounds loses its connection. (The end of the service does not wait: see draining.ts.)
 */
export const drainBody = fp<DrainOptions>(async (app, bounds) => {
  app.addHook('onSend', async (request, reply) => {
    if (app.draining || request.raw.complete || reply.raw.shouldKeepAlive) return
    if (request.raw.socket.readable) await drained(request.raw, bounds)
  })
  app.server.prependListener('request', (raw: IncomingMessage, response: ServerResponse) => {
    response.once('finish', async () => {
      if (!raw.complete && !(await drained(raw, bounds))) raw.socket.destroy()
    })
  })
  // curl asks before it sends a large body. What is over the limit is refused without inviting it
  app.server.on('checkContinue', (raw: IncomingMessage, response: ServerResponse) => {
    if (Number(raw.headers['content-length'] ?? 0) <= bounds.maxBytes) response.writeContinue()
    app.server.emit('request', raw, response)
  })
})
