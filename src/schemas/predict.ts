import { z } from 'zod'
import { cropSchema, imageSize, tensorSchema, timingsSchema, warningsSchema } from './common.ts'
import { fitParameters } from './explain.ts'
import { rawQuery } from './query.ts'

export const predictParameters = {
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
}
export const predictQuery = rawQuery(z.object(predictParameters))

export const predictionSchema = z
  .object({
    model: z.string().meta({ example: 'efficientnet-lite0' }),
    version: z.string().meta({ example: '1' }),
    predictions: z
      .array(
        z.object({
          index: z.int().meta({ description: 'Number of the class', example: 282 }),
          label: z.string().meta({ example: 'tiger cat' }),
          probability: z.number().meta({ example: 0.61 }),
          score: z.number().meta({ description: 'Its logit', example: 9.3 }),
        }),
      )
      .meta({ description: 'The likeliest classes' }),
    logits: tensorSchema.optional().meta({ description: 'With scores=all: the logit of every class' }),
    image: imageSize.optional(),
    crop: cropSchema.optional(),
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({ id: 'Prediction' })
export type PredictionAnswer = Omit<z.output<typeof predictionSchema>, 'logits'>
