import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fileType, IMAGE_TYPES } from '../../src/imaging/file-type.ts'
import { openapiText } from '../../src/openapi.ts'

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const object = (value: unknown): Json => (isObject(value) ? value : {})
const entries = (value: unknown): [string, Json][] =>
  Object.entries(object(value)).map(([name, item]) => [name, object(item)])
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const document: Json = parse(await openapiText())

/** An object with its reference replaced by what it refers to; what stands beside the reference wins. */
function resolved({ $ref, ...rest }: Json): Json {
  if (typeof $ref !== 'string') return rest
  const target = $ref
    .replace('#/', '')
    .split('/')
    .reduce<Json>((at, key) => object(at[key]), document)
  return { ...resolved(target), ...rest }
}

const schemaExamples = (schema: Json): readonly unknown[] => [
  ...('example' in schema ? [schema.example] : []),
  ...list(schema.examples),
]

/** The examples of a parameter, a header or a content, or else of its schema or its alternatives. */
function examplesOf(place: Json): readonly unknown[] {
  const own = 'example' in place ? [place.example] : []
  const named = entries(place.examples).map(([, example]) => resolved(example).value)
  const inSchema = (schema: Json): readonly unknown[] => [
    ...schemaExamples(schema),
    ...list(schema.anyOf).flatMap((one) => inSchema(resolved(object(one)))),
  ]
  return [...own, ...named, ...inSchema(resolved(object(place.schema)))]
}

const missing: string[] = []
const demand = (place: string, what: string, there: unknown): void => {
  if (!there) missing.push(`${place} has no ${what}`)
}

/** Every property needs a description, and an example that is its own or part of one around it. */
function checkSchema(place: string, schema: Json, around: readonly unknown[]): void {
  const whole = resolved(schema)
  const examples = [...around, ...schemaExamples(whole)]
  for (const [name, property] of entries(whole.properties)) {
    const inside = examples.filter(isObject).flatMap((example) => (name in example ? [example[name]] : []))
    const own = resolved(property)
    demand(`${place}.${name}`, 'description', own.description)
    demand(`${place}.${name}`, 'example', inside.length + schemaExamples(own).length > 0)
    checkSchema(`${place}.${name}`, property, inside)
  }
  if (isObject(whole.items)) checkSchema(`${place}[]`, whole.items, examples.flat())
  for (const one of [whole.anyOf, whole.oneOf, whole.allOf].flatMap(list))
    checkSchema(place, object(one), examples)
}

function checkContent(place: string, content: unknown): void {
  for (const [type, media] of entries(content)) {
    const examples = examplesOf(media)
    demand(`${place} ${type}`, 'example', examples.length > 0)
    checkSchema(`${place} ${type}`, object(media.schema), examples)
  }
}

function checkOperation(place: string, operation: Json): void {
  demand(place, 'summary', operation.summary)
  for (const parameter of list(operation.parameters).map(object)) {
    demand(`${place} ${parameter.name}`, 'description', parameter.description)
    demand(`${place} ${parameter.name}`, 'example', examplesOf(parameter).length > 0)
  }
  if (isObject(operation.requestBody)) {
    demand(`${place} request body`, 'description', operation.requestBody.description)
    checkContent(`${place} request body`, operation.requestBody.content)
  }
  for (const [status, response] of entries(operation.responses)) {
    demand(`${place} ${status}`, 'description', response.description)
    checkContent(`${place} ${status}`, response.content)
    for (const name of ['x-request-id', 'server-timing'])
      demand(`${place} ${status}`, name, name in object(response.headers))
    for (const [name, header] of entries(response.headers)) {
      const whole = resolved(header)
      demand(`${place} ${status} ${name}`, 'description', whole.description)
      demand(`${place} ${status} ${name}`, 'example', examplesOf(whole).length > 0)
    }
  }
}

describe('openapi.yaml', () => {
  test('has a description and an example of every parameter, body, answer, header and property', () => {
    for (const [path, operations] of entries(document.paths))
      for (const [method, operation] of entries(operations)) checkOperation(`${method} ${path}`, operation)
    for (const [name, schema] of entries(object(document.components).schemas)) checkSchema(name, schema, [])
    expect([...new Set(missing)]).toEqual([])
  })

  test.each(IMAGE_TYPES)('shows the beginning of a %s that is one', (image) => {
    const explain = object(object(object(document.paths)['/v1/models/{model}/explain']).post)
    const content = object(object(explain.requestBody).content)
    const [head] = examplesOf(object(content[`image/${image}`]))
    expect(fileType(Buffer.from(`${head}`, 'latin1'))).toEqual({ image })
  })
})
