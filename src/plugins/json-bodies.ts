import type { FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { HttpError } from '../errors.ts'
import { readBy } from '../faults/by-schema.ts'
import { boundedJson, type JsonBounds } from '../faults/json.ts'
import { mediaTypes } from './negotiation.ts'

/** The bytes of a body that must be JSON. Rejects with HttpError. */
export async function jsonBytes(request: FastifyRequest): Promise<Buffer> {
  const [upload, ...more] = await request.uploads()
  if (upload?.type === mediaTypes.json && more.length === 0) return upload.bytes
  const got = more.length > 0 ? 'several parts' : (upload?.type ?? 'nothing')
  throw new HttpError(
    'unsupported-media-type',
    `expected ${mediaTypes.json}, got ${got}; with curl, add -H 'content-type: ${mediaTypes.json}'`,
  )
}

/** A body of JSON by its schema. Rejects with HttpError, and with FaultsError naming every fault. */
export async function jsonBodyOf<S extends z.ZodType>(
  request: FastifyRequest,
  schema: S,
  bounds?: JsonBounds,
): Promise<z.output<S>> {
  const bytes = await jsonBytes(request)
  return request.timings.measure('decode', () => readJson(bytes, schema, bounds))
}

/** Bounded JSON by its schema. Throws FaultsError. */
export const readJson = <S extends z.ZodType>(bytes: Buffer, schema: S, bounds?: JsonBounds): z.output<S> =>
  readBy(schema, boundedJson(bytes, 'body', bounds), 'body')
