import { maxHeaderSize, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { HttpError, invalidParameters, problems, toHttpError } from '../errors.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../schemas/problem.ts'
import { requestId, stamp } from './timings.ts'

/** One way out for every error: problem+json, never a stack trace. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, error: HttpError): FastifyReply {
  const problem = problemOf(error, request.id)
  if (problem.status === 500) request.log.error({ err: error.cause ?? error }, error.message)
  else request.log.debug({ problem: error.type }, error.message)
  return reply
    .code(problem.status)
    .headers(error.headers)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problem))
}

/** What the client gets for an error: why the request was cancelled explains an error that came of it. */
function explained(request: FastifyRequest, error: unknown): HttpError {
  const reason: unknown = request.cancelled?.aborted ? request.cancelled.reason : undefined
  if (reason instanceof HttpError) return reason
  if (hasZodFastifySchemaValidationErrors(error))
    return invalidParameters(
      error.validation.map(({ instancePath, message = 'cannot be used' }) => ({
        parameter: instancePath.slice(1).split('/', 1)[0] || 'query',
        message,
      })),
    )
  return toHttpError(error)
}

/** Methods that the path of a request has routes for. */
const methodsAt = (app: FastifyInstance, url: string): readonly string[] => {
  const path = url.split('?', 1)[0] ?? ''
  return app.supportedMethods.filter((method) => app.findRoute({ method, url: path }) !== null).sort()
}

/** Error handler, unknown paths, wrong verbs, OPTIONS. */
export const errors = fp(async (app) => {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, explained(request, error)))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = methodsAt(app, path)
    if (methods.length === 0)
      return sendProblem(
        request,
        reply,
        new HttpError('unknown-route', `there is nothing at ${path.slice(0, 200)}`),
      )
    const allow = [...methods, 'OPTIONS'].join(', ')
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send()
    const detail = `${path.slice(0, 200)} takes ${methods.join(', ')}, not ${request.method}`
    return sendProblem(request, reply, new HttpError('method-not-allowed', detail, { headers: { allow } }))
  })
})

/** Errors that Fastify meets before there is a route: paths that cannot be decoded, parts of paths that are too long. */
export function frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  stamp(reply, request.id)
  sendProblem(request, reply, toHttpError(error))
}

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
function answerOnSocket(socket: Socket, error: HttpError): void {
  const id = requestId({ headers: {} })
  const { status } = problems[error.type]
  const body = JSON.stringify(problemOf(error, id))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'server-timing: total;dur=0',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
