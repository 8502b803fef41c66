import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { HttpError, problems } from '../errors.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../schemas/problem.ts'
import { requestId } from './timings.ts'

// Not imported: the module's namespace holds fetch and WebSocket too, and reading them takes 50 ms of every start.
const { maxHeaderSize, STATUS_CODES } = process.getBuiltinModule('node:http')

/** An error of Node's HTTP parser; `rawPacket` is what it was reading. */
interface ClientError extends Error {
  readonly code?: string
  readonly rawPacket?: unknown
}

function socketProblem({ code, rawPacket }: ClientError): HttpError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new HttpError('request-timeout', 'the request did not arrive in time')
  if (code !== 'HPE_HEADER_OVERFLOW')
    return new HttpError('malformed-request', 'the request is not well-formed HTTP')
  const [line = ''] = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1').split('\r\n', 1) : []
  return /^[A-Z]+ /.test(line) && line.length > maxHeaderSize
    ? new HttpError('url-too-long', `the URL is longer than ${maxHeaderSize} bytes`)
    : new HttpError(
        'headers-too-large',
        `the URL and the headers together are longer than ${maxHeaderSize} bytes`,
      )
}

/** Bytes that are no HTTP request: answered on the socket itself, then closed. */
export function clientErrorHandler(this: FastifyInstance, error: ClientError, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  this.log.debug({ err: error }, 'client error')
  answerOnSocket(socket, socketProblem(error))
}

/** An answer where there is no reply to send it by; then the connection is closed. */
export function answerOnSocket(socket: Duplex, error: HttpError): void {
  const id = requestId({ headers: {} })
  const { status } = problems[error.type]
  const body = JSON.stringify(problemOf(error, id))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'server-timing: total;dur=0',
    ...Object.entries(error.headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
