import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { layerKinds } from '../../src/networks/layers/index.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { openapiText } from '../../src/openapi.ts'

interface Schema {
  readonly required?: readonly string[]
  readonly properties: Readonly<Record<string, { readonly default?: unknown; readonly items?: object }>>
  readonly example: Readonly<Record<string, unknown>>
  readonly discriminator: { readonly mapping: Readonly<Record<string, string>> }
}

const { components }: { components: { schemas: Readonly<Record<string, Schema>> } } = parse(
  await openapiText(),
)
const named = (name: string): Schema => {
  const schema = components.schemas[name]
  if (!schema) throw new Error(`openapi.yaml has no schema ${name}`)
  return schema
}

const { mapping } = named('Layer').discriminator
const layers = Object.entries(mapping).map(
  ([type, ref]) => [type, named(ref.replace('#/components/schemas/', ''))] as const,
)

/** The parameters of a layer as they are read, behind one called `first`. */
function paramsOf(layer: object): Readonly<Record<string, unknown>> | undefined {
  const first = { type: 'conv2d', name: 'first', filters: 4, padding: 'same' }
  const spec = readSpec({ input: [4, 8, 8], layers: [first, layer] })
  networkOf(spec)
  return spec.layers[1]?.params
}

describe('the layers in openapi.yaml', () => {
  test('are those of the table, in networks and in trainings', () => {
    expect(Object.keys(mapping)).toEqual([...layerKinds.keys()])
    for (const network of ['NetworkSpec', 'NewNetwork'])
      expect(named(network).properties.layers?.items).toEqual({ $ref: '#/components/schemas/Layer' })
  })

  test.each(layers)('%s: its example builds, as it stands', (type, { example }) => {
    expect({ type, ...paramsOf(example) }).toEqual(example)
  })

  test.each(layers)('%s: its defaults are what is read where nothing is given', (type, schema) => {
    const { required = [], properties, example } = schema
    const least = Object.fromEntries(required.map((name) => [name, example[name]]))
    const defaults = Object.entries(properties).flatMap(([name, property]) =>
      'default' in property ? [[name, property.default]] : [],
    )
    expect({ type, ...paramsOf(least) }).toEqual({ ...least, ...Object.fromEntries(defaults) })
  })
})

describe.each([
  ['optimizer', 'Optimizer', ['sgd', 'adam', 'adamw', 'levenberg-marquardt']],
  ['schedule', 'Schedule', ['constant', 'cosine', 'one-cycle', 'step']],
] as const)('each %s in openapi.yaml', (parameter, suffix, types) => {
  const examples = Object.entries(components.schemas).flatMap(([name, { example }]) =>
    name.endsWith(suffix) ? [example] : [],
  )

  test('has an example, which is read as it stands', () => {
    expect(examples.map(({ type }) => type)).toEqual(types)
    for (const example of examples)
      expect(trainingSchema.parse({ [parameter]: example })[parameter]).toEqual(example)
  })
})
