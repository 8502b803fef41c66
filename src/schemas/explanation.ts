import * as z from 'zod'
import { cropSchema, imageSize, tensorSchema, timingsSchema, warningsSchema } from './common.ts'

/** Of the cat photo, `explain?method=grad-cam&upsample=none&format=json`. */
const example = {
  model: 'efficientnet-lite0',
  version: '1',
  method: 'grad-cam',
  parameters: {
    of: 'logit',
    channels: 'sum',
    layer: 'hardtanh_32',
    fit: 'cover',
    crop: 0.875,
    relu: true,
    upsample: 'none',
  },
  target: { index: 282, label: 'tiger cat', score: 9.206722, probability: 0.38451597 },
  image: { width: 451, height: 300 },
  crop: { left: 94.25, top: 18.75, width: 262.5, height: 262.5 },
  seed: 0,
  warnings: [],
  timings: { queue: 0.06, decode: 10.23, preprocess: 5.7, plan: 102.81, gradient: 22.98, total: 166.66 },
  map: {
    shape: [7, 7],
    datatype: 'FP32',
    data: [
      [0.10624021, 0.1715443, 0.14487481, 0.113586746, 0.088055275, 0.17839439, 0.132101],
      [0.18145883, 0.23732479, 0.23457757, 0.200795, 0.1929261, 0.22782886, 0.14986585],
      [0.16286954, 0.30770376, 0.20797676, 0.16777784, 0.12746748, 0.23939915, 0.05835068],
      [0.17933135, 0.39633435, 0.24354027, 0.17292057, 0.12340796, 0.20843378, 0.055971157],
      [0.16660585, 0.365298, 0.21801332, 0.24804042, 0.19104281, 0.21380506, 0.075186186],
      [0.1601419, 0.31989723, 0.27826282, 0.32728815, 0.30105084, 0.31386372, 0.10782342],
      [0.13849603, 0.1598453, 0.10430282, 0.10251795, 0.13009119, 0.1794496, 0.09895243],
    ],
  },
}

/** What explain answers in JSON. */
export const explanationSchema = z
  .object({
    model: z.string().meta({ description: 'Id of the model' }),
    version: z.string().meta({ description: 'Version of the model' }),
    method: z.string().meta({ description: 'Id of the method' }),
    parameters: z.record(z.string(), z.unknown()).meta({
      description: 'All parameters that the map depends on, defaults included',
    }),
    target: z
      .object({
        index: z.int().meta({ description: 'Number of the class' }),
        label: z.string().meta({ description: 'Its name' }),
        score: z.number().meta({ description: 'Its logit' }),
        probability: z.number().meta({ description: 'Its share of the softmax of all logits' }),
      })
      .meta({ description: 'The class that is explained' }),
    map: tensorSchema.meta({ description: '(H,W), or (C,H,W) with channels=none; sign and scale kept' }),
    image: imageSize.optional(),
    crop: cropSchema.optional(),
    gap: z.number().optional().meta({
      description: 'Completeness gap Σa − (F(x) − F(b)), for methods that promise completeness',
      example: -0.168,
    }),
    seed: z.int().meta({ description: 'Of the random numbers' }),
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({ id: 'Explanation', description: 'A saliency map, and what it explains', example })
/** The same without its map, which goes into the text as it is written. */
export type ExplanationAnswer = Omit<z.output<typeof explanationSchema>, 'map'>

/** What answers say of the explanation in their headers. Texts are percent-encoded; a batch has lists. */
export const explanationHeadersSchema = z.object({
  'gradlens-model': z.string().meta({ description: 'name@version', example: 'efficientnet-lite0%401' }),
  'gradlens-method': z.string().meta({ description: 'The method', example: 'gradient' }),
  'gradlens-seed': z.string().meta({ description: 'The seed', example: '0' }),
  'gradlens-target': z.string().meta({ description: 'Number of the class', example: '282' }),
  'gradlens-label': z.string().meta({ description: 'Its label, percent-encoded', example: 'tiger%20cat' }),
  'gradlens-score': z.string().meta({ description: 'Its logit', example: '9.206722' }),
  'gradlens-probability': z.string().meta({ description: 'Its probability', example: '0.38451597' }),
})
