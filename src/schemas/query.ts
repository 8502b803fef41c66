import { z } from 'zod'
import type { ParameterError } from '../errors.ts'
import { nearest } from '../explain/near.ts'
import { expectation, namesOf } from './expectation.ts'

/** A query string as it comes: a name given twice has an array. */
export type RawQuery = Readonly<Record<string, string | readonly string[]>>
/** See `RawQuery`. */
export const rawQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

type Shape = Readonly<Record<string, z.ZodType>>
type ObjectOf<S extends Shape> = ReturnType<typeof z.object<S>>

/** What a query gives for a shape: values, unless there are errors. */
interface Read<S extends Shape> {
  readonly values: z.output<ObjectOf<S>> | undefined
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

/** A text as a number, a boolean or itself, whichever the schema accepts. */
function readText(schema: z.ZodType, text: string): { reading: unknown } | { message: string } {
  for (const reading of readings(text)) if (schema.safeParse(reading).success) return { reading }
  return { message: `expected ${expectation(schema)}, got ${echo(text)}${didYouMean(text, namesOf(schema))}` }
}

/**
 * The parameters of `shape` from a query: each validated by its own schema, absent ones by their defaults. Every fault is
 * collected. Names that are not in the shape are left to `unknownNames`.
 */
export function readShape<S extends Shape>(shape: S, query: RawQuery): Read<S> {
  const readings: Record<string, unknown> = {}
  const errors: ParameterError[] = []
  for (const [name, schema] of Object.entries(shape)) {
    const result = readGiven(schema, Object.hasOwn(query, name) ? query[name] : undefined)
    if ('message' in result) errors.push({ parameter: name, message: result.message })
    else readings[name] = result.reading
  }
  return { values: errors.length === 0 ? z.object(shape).parse(readings) : undefined, errors }
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
export function query<S extends Shape>(shape: S): QuerySchema<z.output<ObjectOf<S>>> {
  const schema = rawQuery.transform((raw, context) => {
    const { values, errors } = readShape(shape, raw)
    for (const error of [...errors, ...unknownNames(Object.keys(shape), raw)]) addIssue(context, error)
    return values ?? z.NEVER
  })
  return documented(z.object(shape), schema)
}

/** A fault of a query as an issue of its schema. */
export const addIssue = (context: z.core.$RefinementCtx, { parameter, message }: ParameterError): void => {
  context.issues.push({ code: 'custom', path: [parameter], message, input: undefined })
}

/** What openapi.yaml shows for a query whose schema is a transformation: the parameters, as an object's shape. */
const queryDocs = new WeakMap<object, z.ZodObject>()
/** The parameters that were documented for a schema. */
export const parametersOf = (schema: object): z.ZodObject | undefined => queryDocs.get(schema)
/** The schema itself, with the parameters that openapi.yaml shall show for it. */
export function documented<T>(parameters: z.ZodObject, schema: QuerySchema<T>): QuerySchema<T> {
  queryDocs.set(schema, parameters)
  return schema
}
