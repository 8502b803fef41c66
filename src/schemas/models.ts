import { z } from 'zod'
import type { ServedModel } from '../engine.ts'
import { COLOR_ORDERS } from '../imaging/preprocess.ts'

export const modelSchema = z
  .object({
    id: z.string().meta({ example: 'efficientnet-lite0' }),
    version: z.string().meta({ example: '1' }),
    title: z.string().meta({ example: 'EfficientNet-Lite0, ImageNet-1k' }),
    description: z.string(),
    license: z.string().meta({ example: 'Apache-2.0' }),
    source: z.string(),
    status: z.enum(['loaded', 'available', 'unusable']).meta({
      description:
        'loaded models answer at once, available ones load on first use, unusable ones say why in problem',
    }),
    problem: z.string().optional().meta({ description: 'Why the model cannot be used' }),
    input: z
      .object({
        width: z.int(),
        height: z.int(),
        color: z.enum(COLOR_ORDERS),
        resize: z.string(),
        crop: z.number(),
        mean: z.array(z.number()),
        std: z.array(z.number()),
      })
      .meta({
        description:
          'How a picture becomes its input: (v − mean)/std of the bytes 0..255 of the central crop',
      }),
    classes: z.int().meta({ description: 'Number of classes', example: 1000 }),
    layer: z
      .string()
      .optional()
      .meta({ description: 'The layer that CAM methods use by default', example: 'hardtanh_32' }),
  })
  .meta({ id: 'Model' })

export const modelListSchema = z.object({ models: z.array(modelSchema) }).meta({ id: 'ModelList' })

export const labelledModelSchema = modelSchema
  .extend({
    labels: z
      .array(z.string())
      .meta({ description: 'Name of each class, in order', example: ['tench', 'goldfish'] }),
  })
  .meta({ id: 'LabelledModel' })

/** A model as the API shows it. */
export const modelCard = ({
  camLayer,
  labels,
  problem,
  input,
  ...model
}: ServedModel): z.output<typeof modelSchema> => ({
  id: model.id,
  version: model.version,
  title: model.title,
  description: model.description,
  license: model.license,
  source: model.source,
  status: model.status,
  ...(problem !== undefined && { problem }),
  input: {
    width: input.width,
    height: input.height,
    color: input.color,
    resize: input.resize,
    crop: input.crop,
    mean: [...input.mean],
    std: [...input.std],
  },
  classes: labels.length,
  ...(camLayer !== undefined && { layer: camLayer }),
})
