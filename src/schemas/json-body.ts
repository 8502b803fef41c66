import type { z } from 'zod'
import { HttpError, invalidParameters, type ParameterError } from '../errors.ts'
import { didYouMean } from './query.ts'

/** Faults that one answer names: a list of numbers can have thousands. */
const MOST_FAULTS = 10
const LONGEST_ECHO = 60

/** What a JSON body says, by a strict schema. Throws `invalid-parameter` naming what is at fault as in `points[3][1]`. */
export function readJsonBody<S extends z.ZodObject>(text: string, schema: S): z.output<S> {
  const result = schema.safeParse(parsedJson(text, 'body'))
  if (result.success) return result.data
  const known = Object.keys(schema.shape)
  throw invalidParameters(
    result.error.issues.flatMap((issue) => faultsOf(issue, known)).slice(0, MOST_FAULTS),
  )
}

/** A parameter that the query or the body may have. Throws `invalid-parameter` when both do. */
export function onceGiven<T>(
  parameter: string,
  inQuery: T | undefined,
  inBody: T | undefined,
): T | undefined {
  if (inQuery === undefined || inBody === undefined) return inQuery ?? inBody
  const message = 'given in the query and in the body: expected it in one of them'
  throw invalidParameters([{ parameter, message }])
}

/** Text as JSON; `parameter` is where it stands. Throws `invalid-parameter`. */
export function parsedJson(text: string, parameter: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = 'expected JSON (it has no NaN and no infinity), got text that is not'
    throw new HttpError('invalid-parameter', `cannot use ${parameter}: ${message}`, {
      errors: [{ parameter, message }],
      cause: error,
    })
  }
}

function faultsOf(issue: z.core.$ZodIssue, known: readonly string[]): ParameterError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      parameter: key.slice(0, LONGEST_ECHO),
      message: `unknown parameter${didYouMean(key, known)}`,
    }))
  return [{ parameter: placeOf(issue.path) || 'body', message: wordsOf(issue.message) }]
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('')

/** The library's own sentences as ours begin: "expected number, received string". */
const wordsOf = (message: string): string =>
  message
    .replace(/^Invalid (input|option): /, '')
    .replace(/, received /, ', got ')
    .replace(/^T/, 't')
