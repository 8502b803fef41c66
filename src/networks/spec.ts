import { z } from 'zod'
import { NetworkError } from './errors.ts'
import { layerKinds } from './layers/index.ts'

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
export const MOST_LAYERS = 200

export const networkSchema = z.object({
  input: z
    .union([
      z.tuple([z.int().min(1).max(65_536)]),
      z.tuple([z.int().min(1).max(4096), z.int().min(1).max(1024), z.int().min(1).max(1024)]),
    ])
    .describe('Sides of one input: features, or channels, rows and columns'),
  layers: z
    .array(z.looseObject({ type: z.string().describe('What kind of layer; its parameters stand beside it') }))
    .min(1)
    .max(MOST_LAYERS)
    .describe('The layers, first to last'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Of the weights before training'),
})

const layerName = z.string().regex(/^[A-Za-z][\w-]{0,63}$/)

/** Reads a spec: every layer by its kind, names given where there are none (`conv2d_1`). Throws NetworkError at the first fault. */
export function readSpec(json: unknown): NetworkSpec {
  const read = networkSchema.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new NetworkError('bad-spec', issue?.path.join('.') ?? '', issue?.message ?? 'not a network')
  }
  const { input, layers, seed } = read.data
  const names = new Set<string>()
  const counts = new Map<string, number>()
  return {
    input,
    seed,
    layers: layers.map((given, i) => {
      const { type, name, ...params } = given
      const kind = layerKinds.get(type)
      const place = `layers[${i}]`
      if (!kind)
        throw new NetworkError(
          'bad-spec',
          `${place}.type`,
          `there is no layer ${JSON.stringify(type)}: take one of ${[...layerKinds.keys()].join(', ')}`,
        )
      const count = (counts.get(type) ?? 0) + 1
      counts.set(type, count)
      const own = name === undefined ? `${type}_${count}` : name
      if (!layerName.safeParse(own).success || names.has(String(own)))
        throw new NetworkError(
          'bad-spec',
          `${place}.name`,
          'expected a name of its own: a letter, then letters, digits, - and _',
        )
      names.add(String(own))
      const result = z.strictObject(kind.params.shape).safeParse(params)
      if (!result.success) {
        const [issue] = result.error.issues
        const where = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.')
        throw new NetworkError('bad-spec', `${place}.${where}`, issue?.message ?? 'not a layer')
      }
      return { name: String(own), type, params: result.data }
    }),
  }
}
