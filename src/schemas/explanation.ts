import { z } from 'zod'
import { cropSchema, imageSize, tensorSchema, timingsSchema, warningsSchema } from './common.ts'

export const explanationSchema = z
  .object({
    model: z.string().meta({ description: 'Id of the model', example: 'efficientnet-lite0' }),
    version: z.string().meta({ description: 'Version of the model', example: '1' }),
    method: z.string().meta({ example: 'gradient' }),
    parameters: z.record(z.string(), z.unknown()).meta({
      description: 'All parameters that the map depends on, defaults included',
      example: { of: 'logit', channels: 'max', fit: 'cover', crop: 0.875 },
    }),
    target: z
      .object({
        index: z.int().meta({ description: 'Number of the class', example: 282 }),
        label: z.string().meta({ example: 'tiger cat' }),
        score: z.number().meta({ description: 'Its logit', example: 9.3 }),
        probability: z.number().meta({ example: 0.61 }),
      })
      .meta({ description: 'The class that is explained' }),
    map: tensorSchema.meta({ description: '(H,W), or (C,H,W) with channels=none; sign and scale kept' }),
    image: imageSize.optional(),
    crop: cropSchema.optional(),
    gap: z.number().optional().meta({
      description: 'Completeness gap Σa − (F(x) − F(b)), for methods that promise completeness',
      example: 0.004,
    }),
    seed: z.int().meta({ example: 0 }),
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({ id: 'Explanation' })
export type ExplanationAnswer = Omit<z.output<typeof explanationSchema>, 'map'>

/** What answers say of the explanation in their headers. Texts are percent-encoded; a batch has lists. */
export const explanationHeadersSchema = z.object({
  'gradlens-model': z.string().meta({ description: 'name@version', example: 'efficientnet-lite0%401' }),
  'gradlens-method': z.string().meta({ description: 'The method', example: 'gradient' }),
  'gradlens-seed': z.string().meta({ description: 'The seed', example: '0' }),
  'gradlens-target': z.string().meta({ description: 'Number of the class', example: '282' }),
  'gradlens-label': z.string().meta({ description: 'Its label, percent-encoded', example: 'tiger%20cat' }),
  'gradlens-score': z.string().meta({ description: 'Its logit', example: '9.3' }),
  'gradlens-probability': z.string().meta({ description: 'Its probability', example: '0.61' }),
})
