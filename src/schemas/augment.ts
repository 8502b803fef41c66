import * as z from 'zod'
import { NON_CUBIC } from '../augment/draws.ts'
import { GROUPS, type Pair } from '../augment/groups.ts'
import { LAYOUTS } from '../augment/layout.ts'
import type { Draw } from '../augment/orientation.ts'
import { seedParameter, tensorSchema, timingsSchema, warningsSchema } from './common.ts'
import { rawQuery } from './query.ts'

/** Formats that rot90 answers in, the default of pictures first. */
export const ROTATE_FORMATS = ['png', 'webp', 'jpeg', 'npy', 'json', 'zip', 'mixed', 'sheet'] as const
/** See `ROTATE_FORMATS`. */
export type RotateFormat = (typeof ROTATE_FORMATS)[number]

const turns = z.int().min(-1_000_000_000).max(1_000_000_000)
const pair = z.tuple([z.int(), z.int()])

/** A draw as answers have it, and as it is posted back. */
export const drawSchema = z
  .strictObject({
    applied: z
      .boolean()
      .default(true)
      .meta({ description: 'false: this sample stayed as it was, see p', example: true }),
    k: turns.meta({ description: 'Quarter turns, counter-clockwise; answers have 0 to 3', example: 1 }),
    axes: pair.meta({ description: 'The two axes of the plane, in their order', example: [2, 3] }),
    next: z
      .strictObject({
        k: turns.meta({ description: 'Quarter turns', example: 3 }),
        axes: pair.meta({ description: 'The two axes of their plane', example: [1, 2] }),
      })
      .optional()
      .meta({
        description: 'Turns in another plane after these (cube24, cube48)',
        example: { k: 3, axes: [1, 2] },
      }),
    flip: z
      .int()
      .optional()
      .meta({ description: 'The axis that is reversed at the end (dihedral4, cube48)', example: 3 }),
  })
  .meta({
    id: 'Draw',
    description: 'What happened to a sample',
    example: { applied: true, k: 1, axes: [2, 3] },
  })

/** Numbers separated by commas, in brackets or not. */
const list = /^\[?\s*-?\d{1,9}\s*(,\s*-?\d{1,9}\s*)*\]?$/
/** Pairs separated by semicolons, or lists in a list. */
const pairs =
  /^\[?\s*\[?\s*-?\d{1,3}\s*,\s*-?\d{1,3}\s*\]?\s*([;,]\s*\[?\s*-?\d{1,3}\s*,\s*-?\d{1,3}\s*\]?\s*)*\]?$/

const numbersIn = (text: string): number[] => (text.match(/-?\d+/g) ?? []).map(Number)
const pairsIn = (text: string): Pair[] => {
  const numbers = numbersIn(text)
  return numbers.flatMap((a, i) => (i % 2 === 0 ? [[a, numbers[i + 1] ?? 0] satisfies Pair] : []))
}

/** What rot90 takes. */
export const rotateParameters = z.object({
  group: z.enum(GROUPS).default('plane').meta({
    description:
      "What each sample's rotation is drawn from, uniformly. plane: 0 to 3 quarter turns in one plane; axis-pairs: k and an ordered pair of axes, which reaches 10 of the 24 orientations of a cube; cube24: all 24; dihedral4, cube48: plane and cube24 with their mirror images",
    example: 'cube24',
  }),
  k: z.string().max(8192).regex(list).transform(numbersIn).optional().meta({
    title: 'whole numbers separated by commas, such as 1 or 0,1,2,3',
    description:
      'Quarter turns, counter-clockwise, instead of random ones: one number for all samples, or one for each. Any whole number: 5 is 1, -1 is 3',
    example: '0,1,2,3',
  }),
  axes: z.string().max(8192).regex(pairs).transform(pairsIn).optional().meta({
    title: 'a pair of axes such as 2,3, or pairs separated by semicolons such as 1,2;2,3',
    description:
      "The plane to turn in: one pair of the array's axes for all samples, or one for each; k turns the first towards the second, swapped axes turn the other way; by default the last two axes of space. Pictures have rows (0) and columns (1)",
    example: '1,3',
  }),
  draws: z.string().max(200_000).optional().meta({
    title: 'draws as JSON',
    description:
      'Draws of an earlier answer, to be done again, or undone with inverse=true: the JSON of its Gradlens-Draws header, its draws.json or its draws; also as a field `draws` of a form, where the URL would be too long. Instead of group, k, axes, p, sameOnBatch and seed',
    example: '[{"applied":true,"k":1,"axes":[0,1]}]',
  }),
  inverse: z.boolean().default(false).meta({
    description: 'Undoes the draws (of draws, or of the same seed and parameters) instead of doing them',
    example: true,
  }),
  p: z.number().min(0).max(1).default(1).meta({
    description: 'The chance that a sample is touched at all; the others come back as they are',
    example: 0.5,
  }),
  sameOnBatch: z.boolean().default(false).meta({
    description: 'true: one draw for all samples',
    example: true,
  }),
  seed: seedParameter,
  nonCubic: z.enum(NON_CUBIC).optional().meta({
    description:
      'Where a turn would exchange axes of unequal length: error refuses, half-turns draws only what keeps the shape, ragged lets shapes change. By default error for arrays whose turns are random; ragged for pictures, and for k or draws that you give',
    example: 'half-turns',
  }),
  layout: z.enum(LAYOUTS).optional().meta({
    description:
      'What the axes of an array are: N batch, C channels, D, H, W space. By default HW, DHW, NDHW or NCDHW, by their number',
    example: 'NCHW',
  }),
  format: z.enum(ROTATE_FORMATS).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. Pictures come as png (the default), webp, jpeg, sheet (all on one contact sheet, a PNG), npy or json; arrays as npy (the default) or json; zip and mixed (multipart/mixed) hold one file each and draws.json. Several files, and samples that no longer have one shape, come as a zip',
    example: 'png',
  }),
})

/** The query of rot90. `readRotate` reads it. */
export const rotateQuery = rawQuery(rotateParameters)

/** What rot90 answers in JSON. */
export const rotationSchema = z
  .object({
    draws: z.array(drawSchema).meta({ description: 'What happened to each sample, in order' }),
    seed: z.int().meta({ description: 'Of the random numbers' }),
    inverse: z.boolean().meta({ description: 'Whether the draws were undone' }),
    warnings: warningsSchema,
    timings: timingsSchema,
    tensors: z.array(tensorSchema).meta({
      description:
        'For each picture (H,W) or (H,W,C); for each array that array, or each of its samples with N = 1 where they have no longer one shape',
    }),
  })
  .meta({
    id: 'Rotation',
    description: 'Rotated samples, and how they were rotated',
    example: {
      draws: [{ applied: true, k: 1, axes: [0, 1] }],
      seed: 0,
      inverse: false,
      warnings: [],
      timings: { queue: 0.06, decode: 0.21, rotate: 0.12, total: 3.4 },
      tensors: [
        {
          shape: [3, 2],
          datatype: 'UINT8',
          data: [
            [2, 5],
            [1, 4],
            [0, 3],
          ],
        },
      ],
    },
  })
/** The same without its tensors, which go into the text as they are written. */
export interface RotationAnswer
  extends Omit<z.output<typeof rotationSchema>, 'tensors' | 'draws' | 'warnings'> {
  readonly draws: readonly Draw[]
  readonly warnings: readonly string[]
}

/** What answers say of the rotations in their headers. */
export const rotationHeadersSchema = z.object({
  'gradlens-seed': z.string().meta({ description: 'The seed', example: '0' }),
  'gradlens-draws': z.string().optional().meta({
    description:
      'What happened to each sample, as JSON. Left out beyond 8,192 characters: zip, mixed and json hold the draws of any number of samples, and the same seed and parameters draw them again',
    example: '[{"applied":true,"k":1,"axes":[0,1]}]',
  }),
})
