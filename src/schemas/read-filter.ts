import * as z from 'zod'
import { invalidParameters, type ParameterError } from '../errors.ts'
import { boundedJson, type JsonBounds } from '../faults/json.ts'
import { didYouMean } from '../faults/near.ts'
import type { StepNaming } from '../filters/build.ts'
import type { Light, OutputForm, StepSpec } from '../filters/job.ts'
import { type ArrayOfNumbers, readNested } from '../filters/nested.ts'
import { NUMBER_CLASSES } from '../filters/number-class.ts'
import { expectation } from './expectation.ts'
import { MOST_NAMED, readStepList, readStepTexts } from './filter-steps.ts'
import { resultParameters, settingParameters } from './filters.ts'
import { echo, type RawQuery, readObject, unknownNames } from './query.ts'

type Settings = z.output<z.ZodObject<typeof settingParameters>>
type Results = z.output<z.ZodObject<typeof resultParameters>>

/** What filter and its siblings were asked, but for the picture. */
export interface FilterAsk extends Settings {
  readonly steps: readonly StepSpec[]
  readonly light: Light
  readonly output: OutputForm | undefined
  /** what errors call a step */
  readonly nameOf: StepNaming
}

/** A query, read: what it says, and which of it the body may not say again. */
export interface ReadFilterQuery<Query> {
  readonly query: Query
  /** undefined when there is no `filter=`: the body has them */
  readonly steps: readonly StepSpec[] | undefined
  readonly given: ReadonlySet<string>
}
export type AnyFilterQuery = ReadFilterQuery<Settings & Partial<Results>>

/** The steps in `filter=` and the parameters of `schema`. Throws `invalid-parameter` naming every fault of the query. */
export function readFilterQuery<O extends z.ZodObject>(
  schema: O,
  raw: RawQuery,
): ReadFilterQuery<z.output<O>> {
  const { filter, ...rest } = raw
  const texts = filter === undefined ? [] : typeof filter === 'string' ? [filter] : filter
  const read = filter === undefined ? undefined : readStepTexts(texts)
  const { values, errors } = readObject(schema, rest)
  const faults = [
    ...(read?.errors ?? []),
    ...errors,
    ...unknownNames(['filter', ...Object.keys(schema.shape)], raw),
  ]
  if (faults.length > 0 || !values) throw invalidParameters(faults)
  return { query: values, steps: read?.steps, given: new Set(Object.keys(raw)) }
}

/** The steps of a query that must have them. Throws `invalid-parameter`. */
export function stepsAsked({ steps }: Pick<AnyFilterQuery, 'steps'>): readonly StepSpec[] {
  if (steps) return steps
  throw invalidParameters([
    { parameter: 'filter', message: 'expected at least one step, as filter=average:5' },
  ])
}

/** Names of steps in a query of so many, and in a list. */
export const inQuery =
  (count: number): StepNaming =>
  (i) =>
    count === 1 ? 'filter' : `filter[${i}]`
/** Larger arrays go as NPY files. */
const LARGEST: JsonBounds = { lists: 300_000, values: 1_000_000 }

const inList: StepNaming = (i) => `pipeline[${i}]`

/** What the query alone asks, with the steps of a form's field where it has them. Throws `invalid-parameter` when there are none. */
export function askOf({ query, steps }: AnyFilterQuery, pipeline?: readonly StepSpec[]): FilterAsk {
  const { boundary, size, mode, intermediate, light = 'encoded', output } = query
  const asked = pipeline ?? stepsAsked({ steps })
  const nameOf = pipeline ? inList : inQuery(asked.length)
  return { steps: asked, boundary, size, mode, intermediate, light, output, nameOf }
}

/** The steps of a form's field `pipeline`. Throws `invalid-parameter`. */
export function readPipelineField(text: Buffer, { steps }: AnyFilterQuery): readonly StepSpec[] {
  if (steps) throw invalidParameters([{ parameter: 'pipeline', message: GIVEN_TWICE }])
  const read = readStepList(boundedJson(text, 'pipeline', LARGEST))
  if (read.errors.length > 0) throw invalidParameters(read.errors)
  return read.steps
}

const GIVEN_TWICE = 'given in the query and in the body: expected it in one of them'

/** An array and what to do with it. */
export interface NumbersAsk {
  readonly array: ArrayOfNumbers
  readonly ask: FilterAsk
}

const bodySchema = z.object({
  dtype: z.enum(NUMBER_CLASSES).default('float64'),
  ...settingParameters,
  ...resultParameters,
})

/** Numbers in a JSON body. What the query says, the body must not say again. Throws `invalid-parameter`. */
export function readFilterBody(text: Buffer, query: AnyFilterQuery): NumbersAsk {
  const body = boundedJson(text, 'data', LARGEST)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidParameters([
      { parameter: 'data', message: 'expected a JSON object with data and pipeline, got something else' },
    ])
  const fields = new Map<string, unknown>(Object.entries(body))
  const known = ['data', 'pipeline', 'dtype', ...Object.keys(query.query).filter((name) => name !== 'format')]
  const { data: values, errors } = readValues(fields, query)
  const pipeline = fields.has('pipeline') ? readStepList(fields.get('pipeline')) : undefined
  const unknown = [...fields.keys()].filter((name) => !known.includes(name))
  const faults = [
    ...unknown.slice(0, MOST_NAMED).map((name) => ({
      parameter: name.slice(0, 60),
      message: `unknown parameter${didYouMean(name, known)}`,
    })),
    ...(fields.has('pipeline') && query.steps ? [{ parameter: 'pipeline', message: GIVEN_TWICE }] : []),
    ...errors,
    ...(pipeline?.errors ?? []),
  ]
  if (faults.length > 0 || !values) throw invalidParameters(faults)
  const array = readNested(fields.get('data'), values.dtype)
  if ('message' in array) throw invalidParameters([array])
  const { dtype: _, ...settings } = values
  return { array, ask: { ...askOf(query, pipeline?.steps), ...settings } }
}

/** The settings of a body, those of the query where it has none. */
function readValues(fields: ReadonlyMap<string, unknown>, { query, given }: AnyFilterQuery) {
  const errors: ParameterError[] = []
  const inQuery: Readonly<Record<string, unknown>> = query
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(bodySchema.shape)) {
    const value = fields.get(name)
    if (fields.has(name) && given.has(name)) errors.push({ parameter: name, message: GIVEN_TWICE })
    else if (!schema.safeParse(value).success)
      errors.push({
        parameter: name,
        message: `expected ${expectation(schema)}, got ${echo(JSON.stringify(value))}`,
      })
    values[name] = given.has(name) ? inQuery[name] : value
  }
  if (errors.length > 0) return { data: undefined, errors }
  return { data: bodySchema.parse(values), errors }
}
