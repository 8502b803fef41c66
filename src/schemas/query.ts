import { z } from 'zod'
import { invalidParameters, type ParameterError } from '../errors.ts'
import { nearest } from '../explain/near.ts'
import { expectation, namesOf } from './expectation.ts'

/** A query string as it comes: a name given twice has an array. Any text can be a name, `__proto__` and none included. */
export type RawQuery = Readonly<Record<string, string | readonly string[]>>

/** What came of reading parameters. */
export interface Read {
  readonly values: Readonly<Record<string, unknown>>
  readonly errors: readonly ParameterError[]
}

/** Decimal notation and nothing else: no hex, no Infinity, no NaN, no blanks, nothing that overflows. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i
const LONGEST_ECHO = 60

/** What a text may stand for, likeliest first. */
function readings(text: string): readonly unknown[] {
  const number = decimal.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(number)) return [number, text]
  if (text === 'true' || text === 'false') return [text === 'true', text]
  return [text]
}

/** One parameter. A text is taken for a number, a boolean or itself, whichever the schema accepts. */
export function readParameter(schema: z.ZodType, text: string): { value: unknown } | { message: string } {
  for (const reading of readings(text)) {
    const result = schema.safeParse(reading)
    if (result.success) return { value: result.data }
  }
  return { message: `expected ${expectation(schema)}, got ${echo(text)}${didYouMean(text, namesOf(schema))}` }
}

/**
 * The parameters of `shape` from a query: each validated by its own schema, absent ones by their defaults. Every fault is
 * collected. Names that are not in the shape are left to `unknownNames`.
 */
export function readShape(shape: Readonly<Record<string, z.ZodType>>, query: RawQuery): Read {
  const errors: ParameterError[] = []
  const entries = Object.entries(shape).map(([name, schema]): [string, unknown] => {
    const given = Object.hasOwn(query, name) ? query[name] : undefined
    if (Array.isArray(given)) {
      errors.push({ parameter: name, message: `expected once, got ${given.length} times` })
      return [name, undefined]
    }
    const result = typeof given === 'string' ? readParameter(schema, given) : absent(schema)
    if ('value' in result) return [name, result.value]
    errors.push({ parameter: name, message: result.message })
    return [name, undefined]
  })
  return { values: Object.fromEntries(entries), errors }
}

/** The same for an object, whose own rules may span several parameters: those are looked at when each is well by itself. */
export function readObject(schema: z.ZodObject, query: RawQuery): Read {
  const read = readShape(schema.shape, query)
  if (read.errors.length > 0) return read
  const whole = schema.safeParse(read.values)
  if (whole.success) return { values: whole.data, errors: [] }
  const errors = whole.error.issues.map(({ path, message }) => ({ parameter: path.join('.'), message }))
  return { ...read, errors }
}

function absent(schema: z.ZodType): { value: unknown } | { message: string } {
  const result = schema.safeParse(undefined)
  return result.success ? { value: result.data } : { message: `expected ${expectation(schema)}, got nothing` }
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

/** `; did you mean "steps"?`, or nothing when there is no candidate. */
export const didYouMean = (name: string, candidates: readonly string[]): string => {
  const [best] = nearest(name, candidates, 1)
  return best === undefined ? '' : `; did you mean "${best}"?`
}

/** A value for an error message: quoted, cut, and without control characters. */
export const echo = (text: string): string =>
  JSON.stringify(text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text)

/** The parameters of a shape and no others. Throws `invalid-parameter` naming every fault. */
export function readQuery<S extends Readonly<Record<string, z.ZodType>>>(
  shape: S,
  raw: RawQuery,
): { readonly [K in keyof S]: z.output<S[K]> } {
  const { values, errors } = readShape(shape, raw)
  const faults = [...errors, ...unknownNames(Object.keys(shape), raw)]
  if (faults.length > 0) throw invalidParameters(faults)
  return values as { readonly [K in keyof S]: z.output<S[K]> }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isRawQuery = (query: unknown): query is RawQuery =>
  typeof query === 'object' &&
  query !== null &&
  Object.values(query).every((value) => isText(value) || (Array.isArray(value) && value.every(isText)))

/** What openapi.yaml shows for a query: its parameters, as an object's shape. */
const queryDocs = new WeakMap<object, z.ZodObject>()
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
