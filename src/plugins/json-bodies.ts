import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HttpError, invalidParameters } from '../errors.ts'
import { TENSOR_TYPES } from './uploads.ts'

/** Lists in a body, at most: parsing holds up everybody else. */
const MOST_LISTS = 300_000

/** A body of JSON by its schema. Throws `unsupported-media-type`, and `invalid-parameter` naming every fault. */
export async function jsonBody<T>(request: FastifyRequest, schema: z.ZodType<T>): Promise<T> {
  const [upload, ...more] = await request.uploads()
  if (!upload || more.length > 0 || upload.type !== TENSOR_TYPES.json)
    throw new HttpError('unsupported-media-type', `expected a body of ${TENSOR_TYPES.json}`)
  return request.timings.measure('decode', () => parsedJson(upload.bytes, schema))
}

/** JSON by its schema. Throws `invalid-parameter` naming every fault. */
export function parsedJson<T>(bytes: Buffer, schema: z.ZodType<T>): T {
  let lists = 0
  for (let at = bytes.indexOf('['); at >= 0; at = bytes.indexOf('[', at + 1))
    if (++lists > MOST_LISTS)
      throw invalidParameters([
        { parameter: 'body', message: `expected at most ${MOST_LISTS} lists in JSON, got more` },
      ])
  const read = schema.safeParse(jsonOf(bytes))
  if (read.success) return read.data
  throw invalidParameters(
    read.error.issues.map((issue) => ({
      parameter:
        (issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')) || 'body',
      message: issue.message,
    })),
  )
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    const message = 'expected JSON (it has no NaN and no infinity), got text that is not'
    throw new HttpError('invalid-parameter', `cannot use the body: ${message}`, {
      errors: [{ parameter: 'body', message }],
      cause: error,
    })
  }
}
