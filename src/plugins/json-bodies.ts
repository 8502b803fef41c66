import type { FastifyRequest } from 'fastify'
import { HttpError, invalidParameters } from '../errors.ts'
import { TENSOR_TYPES } from './uploads.ts'

/** Lists and objects within each other, at most: what reads them calls itself. */
const MOST_NESTED = 64

/** The JSON of a body. Rejects with HttpError: other types of bodies, what is no JSON. */
export async function jsonBody(request: FastifyRequest): Promise<unknown> {
  const [upload] = await request.uploads()
  if (upload?.type !== TENSOR_TYPES.json)
    throw new HttpError('unsupported-media-type', `expected ${TENSOR_TYPES.json}, got ${upload?.type}`)
  if (nesting(upload.bytes) > MOST_NESTED)
    throw badBody(`expected at most ${MOST_NESTED} lists and objects within each other`)
  try {
    return JSON.parse(upload.bytes.toString())
  } catch (error) {
    throw badBody(`expected JSON: ${error instanceof Error ? error.message : error}`)
  }
}

const badBody = (message: string): HttpError => invalidParameters([{ parameter: 'body', message }])

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('[]{}')

/** How deep brackets nest; those in texts count too. */
function nesting(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) deepest = Math.max(deepest, ++depth)
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
  }
  return deepest
}
