import { z } from 'zod'
import type { ListedModel, ServedModel, UnusableModel } from '../engine.ts'
import { COLOR_ORDERS } from '../imaging/preprocess.ts'

export const modelSchema = z
  .object({
    id: z.string().meta({ example: 'efficientnet-lite0' }),
    version: z.string().meta({ example: '1' }),
    title: z.string().meta({ example: 'EfficientNet-Lite0, ImageNet-1k' }),
    description: z.string(),
    license: z.string().meta({ example: 'Apache-2.0' }),
    source: z.string(),
    status: z.enum(['loaded', 'available']).meta({
      description: 'loaded models answer at once, available ones load on first use',
    }),
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

const unusableModelSchema = z
  .object({
    id: z.string().meta({ description: 'Name of its folder', example: 'broken' }),
    version: z.string().optional().meta({ description: 'When its card could be read', example: '1' }),
    title: z.string().optional().meta({ description: 'When its card could be read' }),
    status: z.literal('unusable'),
    problem: z.string().meta({
      description: 'Why the model cannot be used',
      example: 'broken: there is no file model.onnx',
    }),
  })
  .meta({ id: 'UnusableModel', description: 'A folder whose model cannot be used' })

export const modelListSchema = z
  .object({ models: z.array(z.discriminatedUnion('status', [modelSchema, unusableModelSchema])) })
  .meta({ id: 'ModelList' })

const labelledModelSchema = modelSchema
  .extend({
    labels: z
      .array(z.string())
      .meta({ description: 'Name of each class, in order', example: ['tench', 'goldfish'] }),
  })
  .meta({ id: 'LabelledModel' })

export const modelOrProblemSchema = z
  .discriminatedUnion('status', [labelledModelSchema, unusableModelSchema])
  .meta({ description: 'The model, or why it cannot be used' })

const servedCard = ({ input, labels, camLayer, ...model }: ServedModel): z.output<typeof modelSchema> => ({
  id: model.id,
  version: model.version,
  title: model.title,
  description: model.description,
  license: model.license,
  source: model.source,
  status: model.status,
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

const unusableCard = ({
  id,
  version,
  title,
  status,
  problem,
}: UnusableModel): z.output<typeof unusableModelSchema> => ({
  id,
  ...(version !== undefined && { version }),
  ...(title !== undefined && { title }),
  status,
  problem,
})

/** A model as the API shows it. */
export const modelCard = (model: ListedModel) =>
  model.status === 'unusable' ? unusableCard(model) : servedCard(model)

/** The same with its labels. */
export const labelledModel = (model: ListedModel) =>
  model.status === 'unusable' ? unusableCard(model) : { ...servedCard(model), labels: [...model.labels] }
