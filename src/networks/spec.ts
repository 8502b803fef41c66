import * as z from 'zod'
import { readBy } from '../faults/by-schema.ts'
import { NetworkError } from './errors.ts'
import { layerSchema, NAME_RULE } from './layer-schema.ts'

/** One layer as it was asked for, parameters read by its kind's schema. */
export interface LayerSpec {
  readonly name: string
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A network as a list of layers. */
export interface NetworkSpec {
  /** without the batch: (features), or (channels, rows, columns) */
  readonly input: readonly number[]
  readonly layers: readonly LayerSpec[]
  /** of the weights before training */
  readonly seed: number
}

/** Layers of a network, at most. */
const MOST_LAYERS = 200

export const networkSchema = z.strictObject({
  input: z
    .union(
      [
        z.tuple([z.int().min(1).max(65_536)]),
        z.tuple([z.int().min(1).max(4096), z.int().min(1).max(1024), z.int().min(1).max(1024)]),
      ],
      'expected [features] from 1 to 65536, or [channels, rows, columns] from 1 to 4096 and 1 to 1024',
    )
    .describe('Sides of one input: features, or channels, rows and columns'),
  layers: z.array(layerSchema).min(1).max(MOST_LAYERS).describe('The layers, first to last'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Of the weights before training'),
})

/** Reads a spec: every layer by its kind. Throws FaultsError, and NetworkError `bad-spec`. */
export const readSpec = (json: unknown): NetworkSpec => specOf(readBy(networkSchema, json, 'body'))

/** What was read as a spec: names given where there are none (`conv2d_1`). Throws NetworkError for a name that comes twice. */
export function specOf(data: z.output<typeof networkSchema>): NetworkSpec {
  const names = new Set<string>()
  const counts = new Map<string, number>()
  return {
    ...data,
    layers: data.layers.map(({ type, name, ...params }, i) => {
      const count = (counts.get(type) ?? 0) + 1
      counts.set(type, count)
      const own = name ?? `${type}_${count}`
      if (names.has(own))
        throw new NetworkError(
          'bad-spec',
          `layers[${i}].name`,
          `${NAME_RULE}; an earlier layer is called ${own}`,
        )
      names.add(own)
      return { name: own, type, params }
    }),
  }
}

/** The spec without numbers that were given: as soon as they are parameters, they would be there twice. */
export const withoutNumbers = (spec: NetworkSpec): NetworkSpec => ({
  ...spec,
  layers: spec.layers.map(({ params: { weights: _w, biases: _b, ...params }, ...layer }) => ({
    ...layer,
    params,
  })),
})
