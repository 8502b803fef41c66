import * as z from 'zod'
import { MOST_RECORDS } from '../networks/history.ts'
import { diagnosticsSchema, epochSchema } from '../networks/records.ts'
import { rawQuery } from './query.ts'

export const HISTORY_FORMATS = ['json', 'png', 'svg'] as const
export type HistoryFormat = (typeof HISTORY_FORMATS)[number]

/** What history takes. */
export const historyParameters = z.object({
  format: z.enum(HISTORY_FORMATS).optional().meta({
    description: 'Of the answer; otherwise the Accept header decides, and JSON comes first',
    example: 'png',
  }),
})
/** What histories hold. */
export const HISTORY = `Epochs that are done, in order; of more than ${2 * MOST_RECORDS} every second, fourth and so on, with the first, the best and the last`

/** The query of history. `readQuery` reads it. */
export const historyQuery = rawQuery(historyParameters)

export const DIAGNOSTICS =
  'Every layer before training, after at most 200 epochs evenly apart and at the end, over the first samples, 256 or of large networks fewer: which units died, and when'

export const diagnosticsExample = {
  epoch: 1,
  layers: [
    {
      ...{ name: 'relu_1', units: 30, mean: 0.21, std: 0.4, zeros: 61, saturated: 61 },
      ...{ dead: 9, died: [2, 17], revived: [], gradientNorm: 0.93, updateRatio: 0 },
    },
  ],
}

/** The answer of history in JSON. */
export const historySchema = z
  .object({
    model: z.string().meta({ description: 'Id of the model' }),
    loss: z.string().optional().meta({ description: 'Which loss it was trained with' }),
    best: z
      .object({
        epoch: z.int().meta({ description: 'Which epoch' }),
        loss: z
          .number()
          .meta({ description: 'Its validation loss, or its loss where there is no validation' }),
      })
      .optional()
      .meta({
        description: 'The epoch of the smallest validation loss, or loss where there is no validation',
      }),
    epochs: z.array(epochSchema).meta({ description: HISTORY }),
    diagnostics: z.array(diagnosticsSchema).meta({ description: DIAGNOSTICS }),
  })
  .meta({
    id: 'History',
    description: 'How a training went',
    example: {
      model: 'circles',
      loss: 'cross-entropy',
      best: { epoch: 2, loss: 0.61 },
      epochs: [
        {
          epoch: 1,
          loss: 0.74,
          accuracy: 0.5,
          validationLoss: 0.7,
          validationAccuracy: 0.5,
          learningRate: 0.05,
          samplesPerSecond: 41000,
          gradientNorm: 0.93,
          updateRatio: 0.031,
        },
        {
          epoch: 2,
          loss: 0.66,
          accuracy: 0.65,
          validationLoss: 0.61,
          validationAccuracy: 0.75,
          learningRate: 0.05,
          samplesPerSecond: 43000,
          gradientNorm: 0.71,
          updateRatio: 0.027,
        },
      ],
      diagnostics: [diagnosticsExample],
    },
  })
