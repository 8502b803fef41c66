import * as z from 'zod'
import { COLOR_ORDERS, channelsOf } from '../imaging/input-spec.ts'
import { RESIZE_KERNELS } from '../imaging/resample.ts'

const MAX_SIDE = 4096
const side = z.int().min(1).max(MAX_SIDE)
/** A file beside the card: a plain name, so that no card reads outside its folder. */
const fileName = z.string().regex(/^[\w][\w.-]*$/, 'expected the plain name of a file in the model’s folder')

/** An input that is no picture: numbers, taken as they are. Features, or channels, rows and columns. */
const numbers = z.strictObject({
  name: z.string().min(1).optional(),
  shape: z.union([z.tuple([z.int().min(1)]), z.tuple([z.int().min(1), side, side])], {
    error: 'expected [features] or [channels, rows, columns]',
  }),
})

/** How a photo becomes the model's input: pixels v in 0..255 become (v − mean)/std per channel, channels first. */
const picture = z
  .strictObject({
    name: z.string().min(1).optional(),
    width: side,
    height: side,
    color: z.enum(COLOR_ORDERS),
    resize: z.enum(RESIZE_KERNELS),
    crop: z.number().gt(0).max(1),
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
  })
  .superRefine(({ color, mean, std }, context) => {
    const channels = channelsOf(color)
    for (const [path, list] of Object.entries({ mean, std }))
      if (list.length !== channels)
        context.addIssue({
          code: 'custom',
          path: [path],
          message: `expected ${channels} numbers for ${color}, got ${list.length}`,
        })
  })

const output = z.strictObject({
  name: z.string().min(1).optional(),
  /** whether the file's output is before or after the softmax */
  scores: z.enum(['logits', 'probabilities']),
  /** a text file with one class name a line; without it classes are called `class 0`, `class 1`, … */
  labels: fileName.optional(),
})

/** `model.json`: what a person must know of a model, and what the service must do before and after it. */
export const cardSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected lower-case letters, digits, dots, dashes or underscores'),
  version: z.string().regex(/^[\w.+-]{1,32}$/, 'expected letters, digits, dots, dashes or plus signs'),
  title: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  license: z.string().min(1).max(200),
  source: z.string().max(2000).default(''),
  input: picture,
  output,
  /** `cam`: the layer that CAM methods use unless asked for another */
  layers: z.strictObject({ cam: z.string().min(1).optional() }).default({}),
})

/** The card of a model that takes numbers instead of pictures. */
const numbersCardSchema = cardSchema.extend({ input: numbers })

export type NumbersInput = z.output<typeof numbers>
/** A card of a model of pictures, or of one of numbers, whose input has a `shape`. */
export type Card = Omit<z.output<typeof cardSchema>, 'input'> & {
  input: z.output<typeof picture> | NumbersInput
}

/** Sides of one input as tensors have them: (features), or (channels, rows, columns). */
export const inputShape = (input: Card['input']): readonly number[] =>
  'shape' in input ? input.shape : [channelsOf(input.color), input.height, input.width]

/** What bytes 0..255 become, per channel: (v − mean)/std. Numbers are no bytes, and stay as they are. */
export function scaleOf(input: Card['input']): {
  readonly mean: readonly number[]
  readonly std: readonly number[]
} {
  if (!('shape' in input)) return input
  const channels = input.shape.length === 3 ? input.shape[0] : 1
  return { mean: new Array<number>(channels).fill(0), std: new Array<number>(channels).fill(1) }
}

/** A card that breaks the schema; the message names each bad field. */
export class CardError extends Error {
  readonly kind = 'bad-card'

  constructor(where: string, faults: readonly string[]) {
    super(`${where}: ${faults.join('; ')}`)
    this.name = 'CardError'
  }
}

/** Parses the text of a card. `where` names it in the message. Throws CardError. */
export function parseCard(text: string, where: string): Card {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CardError(where, [`is not JSON: ${error instanceof Error ? error.message : error}`])
  }
  const result = (takesNumbers(json) ? numbersCardSchema : cardSchema).safeParse(json)
  if (result.success) return result.data
  throw new CardError(
    where,
    result.error.issues.map(
      ({ path, message }) => `field "${path.join('.') || '(the card itself)'}": ${message}`,
    ),
  )
}

const hasInput = z.looseObject({ input: z.looseObject({ shape: z.unknown() }) })
/** By this alone the two kinds of cards are told apart: messages are then about the fields of one. */
const takesNumbers = (json: unknown): boolean => {
  const { data } = hasInput.safeParse(json)
  return data !== undefined && 'shape' in data.input && data.input.shape !== undefined
}
