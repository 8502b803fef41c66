import * as z from 'zod'
import type { LayerKind } from './layer.ts'
import { kinds } from './layers/index.ts'

/** What a name of a layer must be. */
export const NAME_RULE = 'expected a name of its own: a letter, then letters, digits, - and _'

const nameSchema = z
  .string(NAME_RULE)
  .regex(/^[A-Za-z][\w-]{0,63}$/, NAME_RULE)
  .optional()
  .meta({ description: 'Its name; by default the kind with a number, as conv2d_1', example: 'first' })

/** A layer of this kind in a spec: its parameters beside `type` and `name`. */
const schemaOf = ({ type, title, formula, params, example }: LayerKind) =>
  z.strictObject({ type: z.literal(type).describe(title), name: nameSchema, ...params.shape }).meta({
    id: `${type.charAt(0).toUpperCase()}${type.slice(1)}Layer`,
    description: `${title}: ${formula}`,
    example: { type, ...example },
  })

const unknownKind = (given: unknown): string => {
  const type = typeof given === 'object' && given !== null && 'type' in given ? given.type : undefined
  const names = kinds.map((kind) => kind.type).join(', ')
  return typeof type === 'string'
    ? `there is no layer ${JSON.stringify(type)}: take one of ${names}`
    : `expected one of ${names}`
}

const [first, ...others] = kinds

/** A layer of any kind. */
export const layerSchema = z
  .discriminatedUnion('type', [schemaOf(first), ...others.map(schemaOf)], {
    error: ({ code, input }) => (code === 'invalid_union' ? unknownKind(input) : undefined),
  })
  .meta({ id: 'Layer', description: 'A layer, with the parameters of its kind' })
