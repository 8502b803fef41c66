import type { FastifyRequest } from 'fastify'
import { HttpError } from '../errors.ts'
import { mediaTypes } from './negotiation.ts'

/** The text of a body that must be JSON. Rejects with HttpError. */
export async function jsonText(request: FastifyRequest): Promise<string> {
  const [upload] = await request.uploads()
  if (upload?.type === mediaTypes.json) return upload.bytes.toString()
  throw new HttpError(
    'unsupported-media-type',
    `expected ${mediaTypes.json}, got ${upload?.type ?? 'nothing'}; with curl, add -H 'content-type: ${mediaTypes.json}'`,
  )
}
