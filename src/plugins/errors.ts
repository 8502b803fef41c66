import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { HttpError, invalidParameters, toHttpError } from '../errors.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../schemas/problem.ts'
import { stamp } from './timings.ts'

/** One way out for every error: problem+json, never a stack trace. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, error: HttpError): FastifyReply {
  const problem = problemOf(error, request.id)
  if (problem.status === 500 || error.type === 'disk-full')
    request.log.error({ err: error.cause ?? error }, error.message)
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
