import * as z from 'zod'
import { invalidParameters, type ParameterError } from '../errors.ts'
import { didYouMean } from '../faults/near.ts'
import { expectation, namesOf } from './expectation.ts'

/** A query string as it comes: a name given twice has an array. Any text can be a name, `__proto__` and none included. */
export type RawQuery = Readonly<Record<string, string | readonly string[]>>

/** What a query gives for an object: its values, unless there are errors. */
interface Read<Values> {
  readonly values: Values | undefined
  readonly errors: readonly ParameterError[]
}

/** Decimal notation and nothing else: no hex, no Infinity, no NaN, no blanks, nothing that overflows. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i
const LONGEST_ECHO = 60

/** What a text may stand for, likeliest first. */
export function readings(text: string): readonly unknown[] {
  const number = decimal.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(number)) return [number, text]
  if (text === 'true' || text === 'false') return [text === 'true', text]
  return [text]
}

/** A text as a number, a boolean or itself, whichever the schema accepts. */
function readText(schema: z.ZodType, text: string): { reading: unknown } | { message: string } {
  for (const reading of readings(text)) if (schema.safeParse(reading).success) return { reading }
  return { message: `expected ${expectation(schema)}, got ${echo(text)}${didYouMean(text, namesOf(schema))}` }
}

/**
 * The parameters of `schema` from a query: each validated by its own schema, absent ones by their defaults. Every fault is
 * collected. Rules that span several parameters are looked at when each is well by itself. Names that the schema does not
 * have are left to `unknownNames`.
 */
export function readObject<O extends z.ZodObject>(schema: O, query: RawQuery): Read<z.output<O>> {
  const readings: Record<string, unknown> = {}
  const errors: ParameterError[] = []
  for (const [name, parameter] of Object.entries(schema.shape)) {
    const result = readGiven(parameter, Object.hasOwn(query, name) ? query[name] : undefined)
    if ('message' in result) errors.push({ parameter: name, message: result.message })
    else readings[name] = result.reading
  }
  if (errors.length > 0) return { values: undefined, errors }
  const whole = schema.safeParse(readings)
  if (whole.success) return { values: whole.data, errors }
  const issues = whole.error.issues.map(({ path, message }) => ({ parameter: path.join('.'), message }))
  return { values: undefined, errors: issues }
}

function readGiven(
  schema: z.ZodType,
  given: string | readonly string[] | undefined,
): { reading: unknown } | { message: string } {
  if (typeof given === 'string') return readText(schema, given)
  if (given !== undefined) return { message: `expected once, got ${given.length} times` }
  if (schema.safeParse(undefined).success) return { reading: undefined }
  return { message: `expected ${expectation(schema)}, got nothing` }
}

/** Names in the query that nobody knows, each with the likeliest one meant. */
export const unknownNames = (known: Iterable<string>, query: RawQuery): readonly ParameterError[] => {
  const names = [...known]
  return Object.keys(query)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      parameter: name.slice(0, LONGEST_ECHO),
      message: name === '' ? 'expected a name before the =' : `unknown parameter${didYouMean(name, names)}`,
    }))
}

/** A value for an error message: quoted, cut, and without control characters. */
export const echo = (text: string): string =>
  JSON.stringify(text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text)

/** The parameters of `schema` and no others. Throws `invalid-parameter` naming every fault. */
export function readQuery<O extends z.ZodObject>(schema: O, raw: RawQuery): z.output<O> {
  const { values, errors } = readObject(schema, raw)
  const faults = [...errors, ...unknownNames(Object.keys(schema.shape), raw)]
  if (faults.length > 0 || !values) throw invalidParameters(faults)
  return values
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isRawQuery = (query: unknown): query is RawQuery =>
  typeof query === 'object' &&
  query !== null &&
  Object.values(query).every((value) => isText(value) || (Array.isArray(value) && value.every(isText)))

/** What openapi.yaml shows for a query: its parameters, as an object's shape. */
const queryDocs = new WeakMap<object, z.ZodObject>()
/** The parameters that were documented for a schema. */
export const parametersOf = (schema: object): z.ZodObject | undefined => queryDocs.get(schema)

/**
 * The schema of a route's query, which comes to the handler as it is: the handler reads it when it knows the model, so that
 * all faults are named at once. (A `z.record` would lose a parameter called `__proto__`.)
 */
export function rawQuery(parameters: z.ZodObject): z.ZodType<RawQuery> {
  const schema = z.custom<RawQuery>(isRawQuery)
  queryDocs.set(schema, parameters)
  return schema
}
