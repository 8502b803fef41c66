import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HttpError, invalidParameters } from '../errors.ts'
import { parsedJson } from '../schemas/json-body.ts'
import { mediaTypes } from './negotiation.ts'

/** Lists and objects within each other, at most: what reads them calls itself. */
const MOST_NESTED = 64
/** Lists in a body, at most: parsing holds up everybody else. */
const MOST_LISTS = 300_000

/** The text of a body that must be JSON. Rejects with HttpError. */
export const jsonText = async (request: FastifyRequest): Promise<string> =>
  (await jsonBytes(request)).toString()

/** The JSON of a body. Rejects with HttpError: other types of bodies, what is no JSON, and too much of it. */
export async function jsonBody(request: FastifyRequest): Promise<unknown> {
  const bytes = await jsonBytes(request)
  return request.timings.measure('decode', () => boundedJson(bytes))
}

/** A body of JSON by its schema. Rejects as `jsonBody` does, and with `invalid-parameter` naming every fault. */
export const jsonBodyOf = async <T>(request: FastifyRequest, schema: z.ZodType<T>): Promise<T> =>
  bySchema(await jsonBody(request), schema)

/** Bounded JSON by its schema. Throws `invalid-parameter` naming every fault. */
export const readJson = <T>(bytes: Buffer, schema: z.ZodType<T>): T => bySchema(boundedJson(bytes), schema)

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

/** JSON that is neither nested too deeply nor has too many lists. Throws `invalid-parameter`. */
function boundedJson(bytes: Buffer): unknown {
  const { lists, nested } = bracketsOf(bytes)
  if (nested > MOST_NESTED)
    throw badBody(`expected at most ${MOST_NESTED} lists and objects within each other`)
  if (lists > MOST_LISTS) throw badBody(`expected at most ${MOST_LISTS} lists in JSON, got ${lists}`)
  return parsedJson(bytes.toString(), 'body')
}

async function jsonBytes(request: FastifyRequest): Promise<Buffer> {
  const [upload, ...more] = await request.uploads()
  if (upload?.type === mediaTypes.json && more.length === 0) return upload.bytes
  const got = more.length > 0 ? 'several parts' : (upload?.type ?? 'nothing')
  throw new HttpError(
    'unsupported-media-type',
    `expected ${mediaTypes.json}, got ${got}; with curl, add -H 'content-type: ${mediaTypes.json}'`,
  )
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
