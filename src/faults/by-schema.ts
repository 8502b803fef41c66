import * as z from 'zod'
import { type Fault, FaultsError } from './fault.ts'
import { didYouMean } from './near.ts'

/** Faults that one error names: a list of numbers can have thousands. */
const MOST_FAULTS = 10
const LONGEST_ECHO = 60

/** What was given, by its schema. `whole`: what errors call all of it. Throws FaultsError. */
export function readBy<S extends z.ZodType>(schema: S, given: unknown, whole: string): z.output<S> {
  const { data, error, success } = schema.safeParse(given)
  if (success) return data
  throw new FaultsError(faultsOf(error.issues, schema, whole))
}

/** What a schema found, in our words. */
export const faultsOf = (
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  whole: string,
): readonly Fault[] => issues.flatMap((issue) => faultsOfIssue(issue, schema, whole)).slice(0, MOST_FAULTS)

function faultsOfIssue(issue: z.core.$ZodIssue, schema: z.ZodType, whole: string): readonly Fault[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ parameter: placeOf(issue.path) || whole, message: wordsOf(issue.message) }]
  const known = keysAt(schema, issue.path)
  return issue.keys.slice(0, MOST_FAULTS).map((key) => ({
    parameter: placeOf([...issue.path, key.slice(0, LONGEST_ECHO)]),
    message: `unknown parameter${didYouMean(key, known)}`,
  }))
}

/** Names of what an object at this place may have, as far as the schema has one object there. */
function keysAt(schema: z.core.$ZodType, [part, ...rest]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return keysAt(schema.unwrap(), part === undefined ? rest : [part, ...rest])
  if (schema instanceof z.ZodArray) return part === undefined ? [] : keysAt(schema.element, rest)
  if (!(schema instanceof z.ZodObject)) return []
  if (part === undefined) return Object.keys(schema.shape)
  const inner: z.core.$ZodType | undefined = schema.shape[String(part)]
  return inner ? keysAt(inner, rest) : []
}

/** As in `points[3][1]` and `data.labels`. */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('')

/** The library's own sentences as ours begin: "expected number, received string". */
const wordsOf = (message: string): string =>
  message
    .replace(/^Invalid (input|option): /, '')
    .replace(/, received /, ', got ')
    .replace(/^T/, 't')
