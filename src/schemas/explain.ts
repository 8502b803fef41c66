import * as z from 'zod'
import { methods } from '../explain/index.ts'
import { COLORMAP_IDS } from '../imaging/colormap.ts'
import { FITS } from '../imaging/placement.ts'
import { PICTURE_SIZES } from '../imaging/render.ts'
import { VIEW_IDS } from '../imaging/views/index.ts'
import { seedParameter } from './common.ts'
import { rawQuery } from './query.ts'

/** Formats that explain answers in, the default first. */
export const EXPLAIN_FORMATS = ['png', 'webp', 'json', 'npy', 'zip'] as const
/** See `EXPLAIN_FORMATS`. */
export type ExplainFormat = (typeof EXPLAIN_FORMATS)[number]

/** How a picture becomes the model's input, when not as the card says. */
export const fitParameters = {
  fit: z.enum(FITS).optional().meta({
    description:
      'How a picture of another shape meets the model: cut (cover, the default), padded (contain) or squeezed (fill)',
    example: 'contain',
  }),
  crop: z.number().gt(0).max(1).optional().meta({
    description:
      "Share of the picture's short side that is looked at; by default the card's for cover, 1 otherwise",
    example: 0.875,
  }),
}

/** What explain takes with every method. */
export const explainParameters = z.object({
  method: z
    .enum([...methods.keys()])
    .default('gradient')
    .meta({
      description: 'The attribution method, see GET /v1/methods',
      example: 'integrated-gradients',
    }),
  target: z.string().min(1).max(200).default('top').meta({
    description: 'The class to explain: its number, its label (any case), or top, the predicted class',
    example: 'tiger cat',
  }),
  of: z.enum(['logit', 'probability', 'log-probability']).default('logit').meta({
    description: 'Which score of the class is explained',
    example: 'logit',
  }),
  channels: z.enum(['max', 'sum', 'mean', 'norm', 'none']).optional().meta({
    description:
      "How colour channels become one value (max: of |a|; none: they stay); by default the method's own way",
    example: 'max',
  }),
  layer: z.string().min(1).max(200).optional().meta({
    description: "Name of the layer, for methods that work at one; by default the card's",
    example: 'hardtanh_32',
  }),
  seed: seedParameter,
  ...fitParameters,
  view: z
    .enum(VIEW_IDS)
    .default('overlay')
    .meta({ description: 'What a picture shows', example: 'side-by-side' }),
  colormap: z.enum(COLORMAP_IDS).default('turbo').meta({
    description: 'Colours of a picture; rdbu shows the sign',
    example: 'magma',
  }),
  opacity: z.number().min(0).max(1).optional().meta({
    description: 'Of the colours over the photo; by default 0.7, for mask 0.85',
    example: 0.5,
  }),
  size: z.enum(PICTURE_SIZES).default('image').meta({
    description: "Size of a picture: the photo's (up to 1600 pixels a side), or the model's input alone",
    example: 'model',
  }),
  format: z.enum(EXPLAIN_FORMATS).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. zip: PNGs in a zip; a batch of pictures always comes as one',
    example: 'png',
  }),
})

/** Which methods take a parameter. */
export const takers = (name: string): readonly string[] =>
  [...methods.values()].filter(({ params }) => name in params.shape).map(({ id }) => id)

/** The query of explain: the common parameters, and those of every method. `readExplain` reads it. */
export const explainQuery = rawQuery(z.object({ ...explainParameters.shape, ...allMethodParameters() }))

/** Every method's parameters in one shape, for the document; one that several methods define differently allows all of them. */
function allMethodParameters(): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {}
  for (const name of new Set([...methods.values()].flatMap(({ params }) => Object.keys(params.shape)))) {
    const all = [...methods.values()].map(({ params }): unknown => params.shape[name])
    const schemas = [...new Set(all)].filter((schema) => schema instanceof z.ZodType)
    const [first = z.unknown()] = schemas
    const schema = schemas.length === 1 ? first : z.union(schemas)
    const ids = takers(name).join(', ')
    const example = first.safeParse(undefined).data
    shape[name] = schema.meta({
      example,
      ...first.meta(),
      description: `${first.description ?? ''} (${ids})`,
    })
  }
  return shape
}
