import { z } from 'zod'
import { HttpError, invalidParameters, type ParameterError } from '../errors.ts'
import type { OutputForm, StepSpec } from '../filters/job.ts'
import { type ArrayOfNumbers, readNested } from '../filters/nested.ts'
import { NUMBER_CLASSES } from '../filters/number-class.ts'
import { expectation } from './expectation.ts'
import { readStepList, readStepTexts } from './filter-steps.ts'
import { filterParameters, outputParameter, settingParameters } from './filters.ts'
import { didYouMean, echo, type RawQuery, readShape, unknownNames } from './query.ts'

type Settings = z.output<z.ZodObject<typeof settingParameters>>
type FilterQuery = z.output<z.ZodObject<typeof filterParameters>>

/** What filter was asked, but for the picture. */
export interface FilterAsk extends Settings {
  readonly steps: readonly StepSpec[]
  readonly output?: OutputForm | undefined
}

/** A query, read: what it says, and which of it the body may not say again. */
export interface ReadFilterQuery {
  readonly query: FilterQuery
  /** undefined when there is no `filter=`: the body has them */
  readonly steps: readonly StepSpec[] | undefined
  readonly given: ReadonlySet<string>
}

/** Throws `invalid-parameter` naming every fault of the query. */
export function readFilterQuery(raw: RawQuery): ReadFilterQuery {
  const { filter, ...rest } = raw
  const texts = filter === undefined ? [] : typeof filter === 'string' ? [filter] : filter
  const read = filter === undefined ? undefined : readStepTexts(texts)
  const { values, errors } = readShape(filterParameters, rest)
  const faults = [
    ...(read?.errors ?? []),
    ...errors,
    ...unknownNames(['filter', ...Object.keys(filterParameters)], raw),
  ]
  if (faults.length > 0 || !values) throw invalidParameters(faults)
  return { query: values, steps: read?.steps, given: new Set(Object.keys(raw)) }
}

/** What the query alone asks. Throws `invalid-parameter` when it names no filter. */
export function askOf({ query, steps }: ReadFilterQuery, pipeline?: readonly StepSpec[]): FilterAsk {
  const { format: _, ...settings } = query
  const asked = pipeline ?? steps
  if (!asked)
    throw invalidParameters([
      { parameter: 'filter', message: 'expected at least one step, as filter=average:5' },
    ])
  return { ...settings, steps: asked }
}

/** The steps of a form's field `pipeline`. Throws `invalid-parameter`. */
export function readPipelineField(text: string, { steps }: ReadFilterQuery): readonly StepSpec[] {
  if (steps) throw invalidParameters([{ parameter: 'pipeline', message: GIVEN_TWICE }])
  const read = readStepList(parseJson(text, 'pipeline'))
  if (read.errors.length > 0) throw invalidParameters(read.errors)
  return read.steps
}

const GIVEN_TWICE = 'given in the query and in the body: expected it in one of them'

/** An array and what to do with it. */
export interface NumbersAsk {
  readonly array: ArrayOfNumbers
  readonly ask: FilterAsk
}

const bodyParameters = {
  dtype: z.enum(NUMBER_CLASSES).default('float64'),
  ...settingParameters,
  output: outputParameter,
}
const BODY_NAMES = ['data', 'pipeline', ...Object.keys(bodyParameters)]

/** Numbers in a JSON body. What the query says, the body must not say again. Throws `invalid-parameter`. */
export function readFilterBody(text: string, query: ReadFilterQuery): NumbersAsk {
  const body = parseJson(text, 'data')
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidParameters([
      { parameter: 'data', message: 'expected a JSON object with data and pipeline, got something else' },
    ])
  const fields = new Map<string, unknown>(Object.entries(body))
  const errors: ParameterError[] = []
  for (const name of fields.keys()) {
    const inQuery = query.given.has(name === 'pipeline' ? 'filter' : name)
    if (!BODY_NAMES.includes(name))
      errors.push({
        parameter: name.slice(0, 60),
        message: `unknown parameter${didYouMean(name, BODY_NAMES)}`,
      })
    else if (inQuery) errors.push({ parameter: name, message: GIVEN_TWICE })
  }
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(bodyParameters)) {
    const value = fields.get(name)
    const result = schema.safeParse(value)
    if (result.success) values[name] = result.data
    else
      errors.push({
        parameter: name,
        message: `expected ${expectation(schema)}, got ${echo(JSON.stringify(value))}`,
      })
  }
  const pipeline = fields.has('pipeline') ? readStepList(fields.get('pipeline')) : undefined
  errors.push(...(pipeline?.errors ?? []))
  const settings = z.object(bodyParameters).safeParse(values)
  if (errors.length > 0 || !settings.success) throw invalidParameters(errors)
  const array = readNested(fields.get('data'), settings.data.dtype)
  if ('message' in array) throw invalidParameters([array])
  const asked = askOf(query, pipeline?.steps)
  const { dtype: _, ...own } = settings.data
  const fromQuery = Object.fromEntries(Object.entries(asked).filter(([name]) => query.given.has(name)))
  return { array, ask: { ...asked, ...own, ...fromQuery } }
}

function parseJson(text: string, parameter: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HttpError(
      'invalid-parameter',
      `cannot use ${parameter}: expected JSON (it has no NaN and no infinity)`,
      {
        errors: [
          { parameter, message: 'expected JSON (it has no NaN and no infinity), got text that is not' },
        ],
        cause: error,
      },
    )
  }
}
