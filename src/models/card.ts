import { z } from 'zod'
import { COLOR_ORDERS, channelsOf } from '../imaging/input-spec.ts'
import { RESIZE_KERNELS } from '../imaging/resample.ts'

const MAX_SIDE = 4096
const side = z.int().min(1).max(MAX_SIDE)
/** A file beside the card: a plain name, so that no card reads outside its folder. */
const fileName = z.string().regex(/^[\w][\w.-]*$/, 'expected the plain name of a file in the model’s folder')

/** How a photo becomes the model's input: pixels v in 0..255 become (v − mean)/std per channel, channels first. */
const input = z
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
  input,
  output,
  /** `cam`: the layer that CAM methods use unless asked for another */
  layers: z.strictObject({ cam: z.string().min(1).optional() }).default({}),
})

export type Card = z.output<typeof cardSchema>

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
  const result = cardSchema.safeParse(json)
  if (result.success) return result.data
  throw new CardError(
    where,
    result.error.issues.map(
      ({ path, message }) => `field "${path.join('.') || '(the card itself)'}": ${message}`,
    ),
  )
}
