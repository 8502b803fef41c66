import { z } from 'zod'
import type { ParameterError } from '../errors.ts'
import { nearest } from '../explain/near.ts'
import { expectation, namesOf } from './expectation.ts'

/** A query string as it comes: a name given twice has an array. */
export type RawQuery = Readonly<Record<string, string | readonly string[]>>
export const rawQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

interface Read {
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
      message: `unknown parameter${didYouMean(name, names)}`,
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

/** A query schema: from the raw query to what the handler gets. */
export type QuerySchema<T> = z.ZodType<T, z.input<typeof rawQuery>>

/** A query of one shape as a schema for a route. Its documentation is the shape's. */
export function query<S extends Readonly<Record<string, z.ZodType>>>(
  shape: S,
): QuerySchema<{ readonly [K in keyof S]: z.output<S[K]> }> {
  const schema = rawQuery.transform((raw, context) => {
    const { values, errors } = readShape(shape, raw)
    for (const error of [...errors, ...unknownNames(Object.keys(shape), raw)]) addIssue(context, error)
    return values as { readonly [K in keyof S]: z.output<S[K]> }
  })
  return documented(z.object(shape), schema)
}

export const addIssue = (context: z.core.$RefinementCtx, { parameter, message }: ParameterError): void => {
  context.issues.push({ code: 'custom', path: [parameter], message, input: undefined })
}

/** What openapi.yaml shows for a query whose schema is a transformation: the parameters, as an object's shape. */
const queryDocs = new WeakMap<object, z.ZodObject>()
export const parametersOf = (schema: object): z.ZodObject | undefined => queryDocs.get(schema)
export function documented<T>(parameters: z.ZodObject, schema: QuerySchema<T>): QuerySchema<T> {
  queryDocs.set(schema, parameters)
  return schema
}
