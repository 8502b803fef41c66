import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HttpError, invalidParameters } from '../errors.ts'
import { TENSOR_TYPES } from './uploads.ts'

/** Lists and objects within each other, at most: what reads them calls itself. */
const MOST_NESTED = 64
/** Lists in a body, at most: parsing holds up everybody else. */
const MOST_LISTS = 300_000

/** The JSON of a body. Rejects with HttpError: other types of bodies, what is no JSON. */
export async function jsonBody(request: FastifyRequest): Promise<unknown> {
  const [upload, ...more] = await request.uploads()
  if (!upload || more.length > 0 || upload.type !== TENSOR_TYPES.json)
    throw new HttpError(
      'unsupported-media-type',
      `expected a body of ${TENSOR_TYPES.json}, got ${more.length > 0 ? 'several' : upload?.type}`,
    )
  return request.timings.measure('decode', () => jsonOf(upload.bytes))
}

/** A body of JSON by its schema. Rejects as `jsonBody` does, and with `invalid-parameter` naming every fault. */
export const jsonBodyOf = async <T>(request: FastifyRequest, schema: z.ZodType<T>): Promise<T> =>
  bySchema(await jsonBody(request), schema)

/** JSON by its schema. Throws `invalid-parameter` naming every fault. */
export const parsedJson = <T>(bytes: Buffer, schema: z.ZodType<T>): T => bySchema(jsonOf(bytes), schema)

function bySchema<T>(given: unknown, schema: z.ZodType<T>): T {
  const read = schema.safeParse(given)
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
  const { lists, nested } = bracketsOf(bytes)
  if (nested > MOST_NESTED)
    throw badBody(`expected at most ${MOST_NESTED} lists and objects within each other`)
  if (lists > MOST_LISTS) throw badBody(`expected at most ${MOST_LISTS} lists in JSON, got ${lists}`)
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw badBody(
      `expected JSON (it has no NaN and no infinity): ${error instanceof Error ? error.message : error}`,
    )
  }
}

const badBody = (message: string): HttpError => invalidParameters([{ parameter: 'body', message }])

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('[]{}')

/** How many lists there are, and how deep brackets nest; those in texts count too. */
function bracketsOf(bytes: Buffer): { lists: number; nested: number } {
  let [depth, nested, lists] = [0, 0, 0]
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === OPEN_LIST) lists += 1
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) nested = Math.max(nested, ++depth)
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1
  }
  return { lists, nested }
}
