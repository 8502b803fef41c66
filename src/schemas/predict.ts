import * as z from 'zod'
import { cropSchema, imageSize, tensorSchema, timingsSchema, warningsSchema } from './common.ts'
import { fitParameters } from './explain.ts'
import { rawQuery } from './query.ts'

/** What predict takes. */
export const predictParameters = z.object({
  top: z
    .int()
    .min(1)
    .max(100_000)
    .default(5)
    .meta({ description: 'How many classes, likeliest first', example: 5 }),
  scores: z.enum(['top', 'all']).default('top').meta({
    description: 'all: the logits of every class come along, as a tensor',
    example: 'all',
  }),
  ...fitParameters,
  format: z.literal('json').optional().meta({ description: 'Format of the answer', example: 'json' }),
})
/** The query of predict. `readQuery` reads it. */
export const predictQuery = rawQuery(predictParameters)

/** Of the cat photo, `predict?top=2`. */
const example = {
  model: 'efficientnet-lite0',
  version: '1',
  predictions: [
    { index: 282, label: 'tiger cat', probability: 0.38451597, score: 9.206722 },
    { index: 285, label: 'Egyptian cat', probability: 0.3654755, score: 9.155936 },
  ],
  image: { width: 451, height: 300 },
  crop: { left: 94.25, top: 18.75, width: 262.5, height: 262.5 },
  warnings: [],
  timings: { queue: 0.3, decode: 12.73, preprocess: 5.7, plan: 0.9, forward: 26.05, total: 46.4 },
}

/** What predict answers. */
export const predictionSchema = z
  .object({
    model: z.string().meta({ description: 'Id of the model' }),
    version: z.string().meta({ description: 'Version of the model' }),
    predictions: z
      .array(
        z.object({
          index: z.int().meta({ description: 'Number of the class' }),
          label: z.string().meta({ description: 'Its name' }),
          probability: z.number().meta({ description: 'Its share of the softmax of all logits' }),
          score: z.number().meta({ description: 'Its logit' }),
        }),
      )
      .meta({ description: 'The likeliest classes, likeliest first' }),
    logits: tensorSchema.optional().meta({ description: 'With scores=all: the logit of every class' }),
    image: imageSize.optional(),
    crop: cropSchema.optional(),
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({ id: 'Prediction', description: 'What a model sees in a picture', example })
/** The same without the logits, which go into the text as they are written. */
export type PredictionAnswer = Omit<z.output<typeof predictionSchema>, 'logits'>
