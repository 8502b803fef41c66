import { z } from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema

const list = (words: readonly string[], last: 'or' | 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`

/** What a value must be, for people: "a whole number from 1 to 1000", "black, white, blur or a number". */
export const expectation = (schema: z.ZodType): string =>
  describe(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))

function describe(schema: JsonSchema): string {
  if (schema.anyOf) return list(schema.anyOf.map(describe), 'or')
  if (schema.enum) return list(schema.enum.map(String), 'or')
  if (schema.const !== undefined) return String(schema.const)
  if (schema.type === 'integer') return `a whole number${range(schema)}`
  if (schema.type === 'number') return `a number${range(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'string') return text(schema)
  return schema.description ?? 'another value'
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low =
    exclusiveMinimum !== undefined
      ? ` above ${exclusiveMinimum}`
      : minimum !== undefined
        ? ` from ${minimum}`
        : ''
  const high =
    exclusiveMaximum !== undefined
      ? ` below ${exclusiveMaximum}`
      : maximum !== undefined
        ? ` up to ${maximum}`
        : ''
  return low.startsWith(' from') && high.startsWith(' up to')
    ? `${low}${high.replace(' up', '')}`
    : `${low}${low && high ? ' and' : ''}${high}`
}

const text = ({ minLength = 0, maxLength }: JsonSchema): string =>
  maxLength === undefined ? 'a text' : `a text of ${minLength} to ${maxLength} characters`
