import * as z from 'zod'
import type {} from 'zod-openapi'
import { DATATYPES } from '../imaging/tensor-json.ts'

/** The phases of Server-Timing and of `timings`, in words. */
const PHASES =
  'decode (of the pictures), preprocess, queue (until a thread took it up), plan (of the computation; nothing once it is cached), forward (the scores alone), gradient (scores and gradient in one run), rotate (moving the elements), render (of the pictures), total; phases that did not happen are left out, those of a batch add up'

/** Most images of one request, and most inputs of a tensor. */
export const MAX_IMAGES = 32

/** Where random numbers start. */
export const seedParameter = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0)
  .meta({
    description: 'Of the random numbers: the same request gives the same bytes',
    example: 7,
  })

/** What every answer may carry besides its own headers. */
export const commonHeaders = z.object({
  'x-request-id': z.string().meta({
    description: "The request's id: the client's own X-Request-Id, or a new one",
    example: 'a2f0c6de-31d5-4c7c-9b86-8a1f5d1f9f10',
    header: { id: 'X-Request-Id' },
  }),
  'server-timing': z.string().meta({
    description: `Milliseconds by phase: ${PHASES}`,
    example:
      'queue;dur=0.07, decode;dur=9.97, preprocess;dur=6.03, plan;dur=0.8, gradient;dur=51.77, render;dur=61.73, total;dur=143.3',
    header: { id: 'Server-Timing' },
  }),
})

/** The path of what concerns one model. */
export const modelParams = z.object({
  model: z
    .string()
    .max(200)
    .meta({ description: 'Id of a model, `name` or `name@version`', example: 'efficientnet-lite0' }),
})

/** KServe V2's tensor, rows nested. */
export const tensorSchema = z
  .object({
    shape: z.array(z.int().min(0)).meta({ description: 'Outermost dimension first' }),
    datatype: z.enum(DATATYPES).meta({ description: 'Type of each element' }),
    data: z.array(z.unknown()).meta({
      description: 'Elements nested row by row; FP32 with the fewest digits that read back to the same float',
    }),
  })
  .meta({
    id: 'Tensor',
    description: 'A tensor as KServe V2 writes it',
    example: {
      shape: [2, 2],
      datatype: 'FP32',
      data: [
        [0.1, 0.25],
        [0, -0.5],
      ],
    },
  })

/** What predict and explain take in place of a picture. */
export const inputTensorSchema = z
  .object({
    shape: z.array(z.int().min(1)).meta({
      description: `(N,C,H,W): 1 to ${MAX_IMAGES} inputs of the model's channels, height and width`,
    }),
    datatype: z.literal('FP32').meta({ description: 'Type of each element' }),
    data: z.array(z.unknown()).meta({ description: 'Finite numbers, nested row by row or flat' }),
  })
  .meta({
    id: 'InputTensor',
    description: 'A preprocessed input as KServe V2 writes it',
    example: {
      shape: [1, 3, 2, 2],
      datatype: 'FP32',
      data: [
        [
          [
            [0.1, 0.25],
            [0, -0.5],
          ],
          [
            [0.3, 0.2],
            [0.1, -0.4],
          ],
          [
            [0.5, 0.35],
            [0.2, -0.25],
          ],
        ],
      ],
    },
  })

/** A placement: the model's view in the picture. */
export const cropSchema = z
  .object({
    left: z.number().meta({ description: 'Of its left edge' }),
    top: z.number().meta({ description: 'Of its upper edge' }),
    width: z.number().meta({ description: 'From left to right' }),
    height: z.number().meta({ description: 'From top to bottom' }),
  })
  .meta({
    description:
      "Where the model's input lies in the upright image, in pixels; it overhangs with fit=contain",
    example: { left: 94.25, top: 18.75, width: 262.5, height: 262.5 },
  })

/** Width and height of a picture that was sent. */
export const imageSize = z
  .object({
    width: z.int().meta({ description: 'Pixels across' }),
    height: z.int().meta({ description: 'Pixels down' }),
  })
  .meta({ description: 'Size of the upright image', example: { width: 451, height: 300 } })

/** The phases of Server-Timing, in JSON. */
export const timingsSchema = z.record(z.string(), z.number()).meta({
  description: `Milliseconds by phase: ${PHASES}`,
  example: { queue: 0.06, decode: 10.23, preprocess: 5.7, plan: 102.81, gradient: 22.98, total: 166.66 },
})

/** Warnings of an answer. */
export const warningsSchema = z.array(z.string()).meta({
  description: 'What the caller should know about this very answer',
  example: ['animated: first frame of 12'],
})
