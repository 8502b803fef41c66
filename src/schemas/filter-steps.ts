import * as z from 'zod'
import type { ParameterError } from '../errors.ts'
import { didYouMean } from '../faults/near.ts'
import type { StepSpec } from '../filters/job.ts'
import { COMBINES, type FilterKind } from '../filters/kind.ts'
import { kinds } from '../filters/kinds/index.ts'
import { expectation, namesOf } from './expectation.ts'
import { echo, readings } from './query.ts'

/** Steps of a pipeline, at most. */
export const MAX_STEPS = 16

/** What every step takes besides its filter's own parameters. */
const stepParameters = {
  combine: z
    .enum(COMBINES)
    .describe('How the result meets its input: replaces it, is subtracted from it or added to it'),
  amount: z.number().min(-1000).max(1000).describe('Factor of the result where it is added or subtracted'),
}

interface ReadSteps {
  readonly steps: readonly StepSpec[]
  readonly errors: readonly ParameterError[]
}

/** A step as a query writes it, without what is as by default; kernels by their sides. */
export function stepText({ type, params, combine, amount }: StepSpec): string {
  const kind = kinds.get(type)
  const defaults: Readonly<Record<string, unknown>> = kind?.params.safeParse({}).data ?? {}
  const own = Object.entries(params)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]))
    .map(([name, value]) => `:${name}=${valueText(value)}`)
  const isDefault = combine === (kind?.combine ?? 'replace')
  return [type, ...own, isDefault ? '' : `:combine=${combine}`, amount === 1 ? '' : `:amount=${amount}`].join(
    '',
  )
}

function valueText(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  const [first] = value
  return Array.isArray(first) ? `${value.length}x${first.length}` : value.join('x')
}

/** A value that a step was given, with the words that errors name its place by. */
interface Given {
  readonly value: unknown
  readonly shown: string
  readonly place: string
}

/**
 * Steps as a query writes them, one for each `filter=`: `name`, then values after colons, in the order of the filter's
 * parameters or by name: `gaussian:5:1`, `laplacian:alpha=0.5:combine=subtract`. A size is `5` or `3x5`, a matrix
 * `1,2,1;0,0,0;-1,-2,-1`.
 */
export function readStepTexts(texts: readonly string[]): ReadSteps {
  const read = texts.map((text, i) => readStepText(text, texts.length === 1 ? 'filter' : `filter[${i}]`))
  return together(read, 'filter', texts.length)
}

/** Steps as JSON writes them: `[{"type": "average", "size": [5, 5]}, …]`. */
export function readStepList(list: unknown): ReadSteps {
  if (!Array.isArray(list))
    return {
      steps: [],
      errors: [{ parameter: 'pipeline', message: `expected a list of steps, got ${shown(list)}` }],
    }
  const steps: readonly unknown[] = list
  if (steps.length > MAX_STEPS) return together([], 'pipeline', steps.length)
  return together(
    steps.map((step, i) => readStepObject(step, `pipeline[${i}]`)),
    'pipeline',
    steps.length,
  )
}

function together(read: readonly ReadSteps[], parameter: string, count: number): ReadSteps {
  if (count === 0 || count > MAX_STEPS)
    return { steps: [], errors: [{ parameter, message: `expected 1 to ${MAX_STEPS} steps, got ${count}` }] }
  return { steps: read.flatMap(({ steps }) => steps), errors: read.flatMap(({ errors }) => errors) }
}

function readStepText(text: string, parameter: string): ReadSteps {
  const fault = (at: number, message: string): ReadSteps => ({
    steps: [],
    errors: [{ parameter, message: `at character ${at + 1} of ${echo(text)}: ${message}` }],
  })
  const [name = '', ...rest] = text.split(':')
  const kind = kinds.get(name)
  if (!kind) return fault(0, unknownFilter(name))
  const given = new Map<string, Given>()
  const positional = Object.keys(kind.params.shape)
  let at = name.length
  for (const argument of rest) {
    at += 1
    const [, key, named] = /^([A-Za-z]+)=(.*)$/s.exec(argument) ?? []
    const target = key ?? positional[given.size]
    if (target === undefined) return fault(at, tooMany(kind))
    if (key === undefined && [...given.keys()].some((before, i) => before !== positional[i]))
      return fault(at, 'expected name=value, got a value without a name after one with a name')
    if (!parameterOf(kind, target)) return fault(at, unknownParameter(kind, target))
    if (given.has(target)) return fault(at, `${target} is given twice`)
    const value = named ?? argument
    const place = `at character ${at + 1 + (argument.length - value.length)} of ${echo(text)}: `
    const schema = parameterOf(kind, target)
    given.set(target, { value: schema && readText(schema, value), shown: echo(value), place })
    at += argument.length
  }
  return readStep(kind, given, {
    parameterNamed: () => parameter,
    ruleFault: (name, message) => `in ${echo(text)}: ${name}: ${message}`,
  })
}

/** What a text stands for: the first of its readings that the schema takes, or else what it looks most like. */
function readText(schema: z.ZodType, text: string): unknown {
  const candidates = [...readings(text), ...sizeReadings(text), ...matrixReadings(text)]
  const fitting = candidates.find((candidate) => schema.safeParse(candidate).success)
  return fitting ?? candidates.findLast(Array.isArray) ?? text
}

const sizeReadings = (text: string): readonly unknown[] => {
  const [, rows, columns] = /^(\d{1,6})x(\d{1,6})$/.exec(text) ?? []
  return rows === undefined || columns === undefined ? [] : [[Number(rows), Number(columns)]]
}

/** Rows after semicolons, numbers after commas. */
const matrixReadings = (text: string): readonly unknown[] => {
  if (!/^[-+.,;\d\seE]+$/.test(text)) return []
  return [text.split(';').map((row) => row.split(',').map((entry) => readings(entry.trim())[0]))]
}

function readStepObject(step: unknown, path: string): ReadSteps {
  const refuse = (parameter: string, message: string): ReadSteps => ({
    steps: [],
    errors: [{ parameter, message }],
  })
  if (typeof step !== 'object' || step === null || Array.isArray(step))
    return refuse(path, `expected an object such as {"type": "average", "size": 5}, got ${shown(step)}`)
  const { type, ...rest }: { type?: unknown } = { ...step }
  if (typeof type !== 'string')
    return refuse(`${path}.type`, `expected the name of a filter, got ${shown(type)}`)
  const kind = kinds.get(type)
  if (!kind) return refuse(`${path}.type`, unknownFilter(type))
  const unknown = Object.keys(rest).filter((name) => !parameterOf(kind, name))
  if (unknown.length > 0)
    return {
      steps: [],
      errors: unknown.slice(0, MOST_NAMED).map((name) => ({
        parameter: `${path}.${name.slice(0, LONGEST_NAME)}`,
        message: unknownParameter(kind, name),
      })),
    }
  const given = Object.entries(rest).map(([name, value]): [string, Given] => [
    name,
    { value, shown: shown(value), place: '' },
  ])
  return readStep(kind, new Map(given), {
    parameterNamed: (name) => (name === '' ? path : `${path}.${name}`),
    ruleFault: (_, message) => message,
  })
}

const LONGEST_NAME = 60
/** Unknown names that one error tells, at most: whoever asks chooses how many there are. */
export const MOST_NAMED = 8

/** How faults of a step name what they are about. */
interface StepNames {
  readonly parameterNamed: (name: string) => string
  /** of a rule that spans several parameters */
  readonly ruleFault: (name: string, message: string) => string
}

/** Validates each value by its own schema, then the rules that span several. */
function readStep(
  kind: FilterKind,
  given: ReadonlyMap<string, Given>,
  { parameterNamed, ruleFault }: StepNames,
): ReadSteps {
  const errors: ParameterError[] = []
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries({ ...kind.params.shape, ...optionalStepSchema.shape })) {
    const found = given.get(name)
    const result = schema.safeParse(found?.value)
    if (result.success) values[name] = found?.value
    else errors.push({ parameter: parameterNamed(name), message: faultOf(name, schema, found, result.error) })
  }
  if (errors.length > 0) return { steps: [], errors }
  const { combine, amount, ...own } = values
  const params = kind.params.safeParse(own)
  if (!params.success)
    return {
      steps: [],
      errors: params.error.issues.map((issue) => ({
        parameter: parameterNamed(issue.path.join('.')),
        message: ruleFault(issue.path.join('.'), issue.message),
      })),
    }
  const step = optionalStepSchema.parse({ combine, amount })
  return {
    steps: [
      {
        type: kind.id,
        params: params.data,
        combine: step.combine ?? kind.combine ?? 'replace',
        amount: step.amount ?? 1,
      },
    ],
    errors,
  }
}

/** What every step takes besides its filter's own parameters. */
export const optionalStepSchema = z.object({
  combine: stepParameters.combine.optional(),
  amount: stepParameters.amount.optional(),
})

function faultOf(name: string, schema: z.ZodType, given: Given | undefined, { issues }: z.ZodError): string {
  const own = issues.find(({ code }) => code === 'custom')?.message
  const wanted = own ?? `expected ${name} to be ${expectation(schema)}`
  if (!given) return `${wanted}, got nothing`
  const near = typeof given.value === 'string' ? didYouMean(given.value, namesOf(schema)) : ''
  return `${given.place}${wanted}, got ${given.shown}${near}`
}

const parameterOf = ({ params }: FilterKind, name: string): z.ZodType | undefined => {
  const all: Readonly<Record<string, unknown>> = { ...params.shape, ...optionalStepSchema.shape }
  const schema = Object.hasOwn(all, name) ? all[name] : undefined
  return schema instanceof z.ZodType ? schema : undefined
}

const unknownFilter = (name: string): string =>
  `there is no filter ${echo(name)}${didYouMean(name, [...kinds.keys()])}`

const unknownParameter = ({ id, params }: FilterKind, name: string): string =>
  `${id} has no parameter ${echo(name)}${didYouMean(name, [...Object.keys(params.shape), 'combine', 'amount'])}`

const tooMany = ({ id, params }: FilterKind): string => {
  const names = Object.keys(params.shape)
  return `${id} takes ${names.length === 0 ? 'no values' : `only ${names.join(', ')}`} without a name`
}

/** A JSON value for a message: never all of a large one. */
const shown = (value: unknown): string =>
  Array.isArray(value) && value.length > 32
    ? `a list of ${value.length}`
    : echo(JSON.stringify(value) ?? typeof value)
