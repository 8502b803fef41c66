import * as z from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** What a value must be, for people: "a whole number from 1 to 1000", "black, white, blur or a number". */
export function expectation(schema: z.ZodType): string {
  const words = alternatives(jsonOf(schema))
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The words that a value may be, those of a union included. */
export const namesOf = (schema: z.ZodType): readonly string[] => names(jsonOf(schema))

const jsonOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })

const names = ({ enum: words = [], anyOf = [] }: JsonSchema): readonly string[] => [
  ...words.map(String),
  ...anyOf.flatMap(names),
]

const alternatives = (schema: JsonSchema): readonly string[] =>
  schema.anyOf?.flatMap(alternatives) ?? schema.enum?.map(String) ?? [describe(schema)]

function describe(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const)
  if (schema.type === 'integer') return `a whole number${range(schema)}`
  if (schema.type === 'number') return `a number${range(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'string') return schema.title ?? text(schema)
  return schema.description ?? 'another value'
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`
  const to = maximum === undefined ? '' : `${from ? '' : ' up'} to ${maximum}`
  const above = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`
  const below = exclusiveMaximum === undefined ? '' : ` below ${exclusiveMaximum}`
  return [above, `${from}${to}`, below].filter(Boolean).join(' and')
}

const text = ({ minLength = 0, maxLength }: JsonSchema): string =>
  maxLength === undefined ? 'a text' : `a text of ${minLength} to ${maxLength} characters`
