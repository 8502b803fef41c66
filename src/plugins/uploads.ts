import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { HttpError } from '../errors.ts'
import { multipartUploads } from './multipart.ts'
import { readBody } from './read-body.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * What the client sent to be looked at, in order, never empty unless `maxImages` is 0; then the other fields, named in
     * `texts`, where a form has them. Rejects with HttpError.
     */
    uploads(options?: {
      readonly texts?: readonly string[]
      readonly maxImages?: number
    }): Promise<readonly Upload[]>
  }
}

/** One file of a request. */
export interface Upload {
  /** as errors name it: `image`, or `image[2]` in a batch */
  readonly name: string
  /** the media type the client gave, without parameters; a claim only */
  readonly type: string
  readonly bytes: Buffer
}

/** Media types of tensors, by the names of their formats. */
export const TENSOR_TYPES = { npy: 'application/x-npy', json: 'application/json' } as const
const FORM_TYPE = 'multipart/form-data'
const RAW_TYPE = 'application/octet-stream'
const TAKEN: readonly string[] = [...Object.values(TENSOR_TYPES), FORM_TYPE]
const WANTED = `an image type such as image/png or image/jpeg, ${TENSOR_TYPES.npy}, ${TENSOR_TYPES.json} or ${FORM_TYPE}`

/** All uploads together may hold so many bodies of the longest kind; who comes then is refused. */
const BODIES_IN_MEMORY = 16

interface UploadsOptions {
  readonly bodyLimit: number
  readonly maxImages: number
}

/** Reads bodies when a handler asks for them: everything that can be refused without the body is refused before it. */
export const uploads = fp<UploadsOptions>(async (app, { bodyLimit, maxImages }) => {
  let bytesInMemory = 0

  // Fastify shall not read bodies by itself
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  // its parser only marks the request: the body is read when its parts are asked for
  await app.register(multipart)

  app.decorateRequest('uploads')
  app.addHook('onRequest', async (request, reply) => {
    let reserved = 0
    const reserve = (bytes: number): void => {
      if (bytesInMemory + bytes > BODIES_IN_MEMORY * bodyLimit) throw noRoom()
      bytesInMemory += bytes
      reserved += bytes
    }
    reply.raw.once('close', () => {
      bytesInMemory -= reserved
    })
    request.uploads = async ({ texts = [], maxImages: most = maxImages } = {}) => {
      const type = mediaType(request.headers['content-type'] ?? '')
      checkType(request, type)
      const bounds = { limit: bodyLimit, signal: request.cancelled, reserve }
      if (type === FORM_TYPE) return multipartUploads(request, bounds, { maxImages: most, texts })
      return [{ name: 'image', type, bytes: await readBody(request.raw, bounds) }]
    }
  })
})

const mediaType = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()

/** Throws before the body is read, when the headers already tell that it is not for us. */
function checkType(request: FastifyRequest, type: string): void {
  const { headers } = request
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (!hasBody && !type.startsWith('image/') && !TAKEN.includes(type))
    throw new HttpError('missing-image', 'the request has no body')
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw new HttpError(
      'unsupported-media-type',
      `expected the bytes as they are, got content-encoding ${encoding}`,
    )
  if (type === '') throw unsupported('no Content-Type header', "add -H 'content-type: image/png'")
  if (type === 'application/x-www-form-urlencoded')
    throw unsupported(
      'application/x-www-form-urlencoded, what curl says by default',
      "add -H 'content-type: image/png'",
    )
  if (!type.startsWith('image/') && type !== RAW_TYPE && !TAKEN.includes(type))
    throw unsupported(type.slice(0, 100))
}

const unsupported = (got: string, hint?: string): HttpError =>
  new HttpError(
    'unsupported-media-type',
    `expected ${WANTED}, got ${got}${hint ? `; with curl, ${hint}` : ''}`,
  )

const noRoom = (): HttpError =>
  new HttpError('queue-full', 'too many uploads are under way', { headers: { 'retry-after': '1' } })
