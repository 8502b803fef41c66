import fp from 'fastify-plugin'
import { HttpError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborts when the client has gone, the deadline has passed or `cancel` was called; `reason` is the HttpError to send. */
    cancelled: AbortSignal
    /** Gives the request up: its handler fails with the error, or the error is sent over its head. */
    cancel(error: HttpError): void
  }
}

/** How long a handler has to fail by itself once its signal is aborted, before the answer is sent over its head. */
const HANDLER_GRACE_MS = 200

interface CancellationOptions {
  readonly deadlineMs: number
}

/**
 * The root of cancellation. Fastify's own `request.signal` and `handlerTimeout` (5.12) listen to 'close' of the incoming
 * message, which Node emits as soon as the body is read: an upload would be cancelled by its own end, and its timer
 * disarmed. So this one listens to the response, which closes early only when the client has gone. A client that closes its
 * own side after the request (`nc -N`) has gone too: TCP does not tell it from one that left, and abandoned work must stop.
 */
export const cancellation = fp<CancellationOptions>(async (app, { deadlineMs }) => {
  app.decorateRequest('cancelled')
  app.decorateRequest('cancel')
  app.addHook('onRequest', (request, reply, done) => {
    const controller = new AbortController()
    request.cancelled = controller.signal
    let overHead: NodeJS.Timeout | undefined
    request.cancel = (error) => {
      if (controller.signal.aborted) return
      controller.abort(error)
      overHead = setTimeout(() => {
        // a stream under way counts as not sent; it may take its time, as that of a job's events does
        if (!reply.sent && !reply.raw.headersSent) reply.send(error)
      }, HANDLER_GRACE_MS)
    }
    const timer = setTimeout(() => {
      const error = request.raw.complete
        ? new HttpError('deadline-exceeded', `the deadline of ${deadlineMs} ms has passed`)
        : new HttpError('request-timeout', `the body did not arrive within ${deadlineMs} ms`)
      request.cancel(error)
    }, deadlineMs)
    // nobody gets this answer: it keeps what fails now from being taken for a fault of the service
    const gone = () => controller.abort(new HttpError('malformed-request', 'the client has gone'))
    reply.raw.once('close', () => {
      clearTimeout(timer)
      clearTimeout(overHead)
      if (!reply.raw.writableFinished) gone()
    })
    // who left before this hook ran will not emit 'close' again
    if (reply.raw.destroyed || request.raw.destroyed) gone()
    done()
  })
})
