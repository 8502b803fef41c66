import { z } from 'zod'
import type {} from 'zod-openapi'

/** What every answer may carry besides its own headers. */
export const commonHeaders = z.object({
  'x-request-id': z.string().meta({
    description: "The request's id: the client's own X-Request-Id, or a new one",
    example: 'a2f0c6de-31d5-4c7c-9b86-8a1f5d1f9f10',
    header: { id: 'X-Request-Id' },
  }),
  'server-timing': z.string().meta({
    description: 'Milliseconds by phase',
    example: 'decode;dur=3.1, queue;dur=0.2, forward;dur=9.8, total;dur=24.5',
    header: { id: 'Server-Timing' },
  }),
})

export const modelParams = z.object({
  model: z
    .string()
    .max(200)
    .meta({ description: 'Id of a model, `name` or `name@version`', example: 'efficientnet-lite0' }),
})

/** KServe V2's tensor, rows nested. */
export const tensorSchema = z
  .object({
    shape: z.array(z.int().min(0)).meta({ description: 'Outermost dimension first', example: [2, 2] }),
    datatype: z
      .enum(['FP32', 'FP64', 'UINT8', 'INT32', 'INT64'])
      .meta({ description: 'Type of each element', example: 'FP32' }),
    data: z.array(z.unknown()).meta({
      description: 'Elements nested row by row; FP32 with the fewest digits that read back to the same float',
      example: [
        [0.1, 0.25],
        [0, -0.5],
      ],
    }),
  })
  .meta({ id: 'Tensor', description: 'A tensor as KServe V2 writes it' })

export const cropSchema = z
  .object({
    left: z.number(),
    top: z.number(),
    width: z.number(),
    height: z.number(),
  })
  .meta({
    description:
      "Where the model's input lies in the upright image, in pixels; it overhangs with fit=contain",
    example: { left: 75, top: 0, width: 300, height: 300 },
  })

export const imageSize = z
  .object({ width: z.int(), height: z.int() })
  .meta({ description: 'Size of the upright image', example: { width: 451, height: 300 } })

export const timingsSchema = z.record(z.string(), z.number()).meta({
  description: 'Milliseconds by phase',
  example: { decode: 3.1, queue: 0.2, forward: 9.8, total: 24.5 },
})

export const warningsSchema = z.array(z.string()).meta({
  description: 'What the caller should know about this very answer',
  example: ['animated: first frame of 12'],
})
