import * as z from 'zod'
import { labelSchema, outputLabelsSchema } from './labels.ts'
import { MOST_NUMBERS, MOST_SAMPLES } from './samples.ts'
import { NETWORK_ID } from './store.ts'
import { trainingSchema } from './training.ts'

const list = (description: string) => z.array(z.unknown()).min(1).meta({ description })

const dataSchema = z
  .strictObject({
    inputs: list(
      `Inputs, a list of numbers each, nested as the network takes them or flat. At most ${MOST_SAMPLES} samples and ${MOST_NUMBERS} numbers`,
    ).optional(),
    targets: list(
      'What each input is to give: numbers as the network answers, a class number, or a label',
    ).optional(),
    labels: z.array(labelSchema).min(2).max(65_536).optional().meta({
      description:
        'Names of the classes, in order; by default the labels that come, by alphabet. Classes that are left have numbers: class 2. A single output tells class 0 from class 1, and its score is called as class 1',
    }),
    csv: z.string().optional().meta({
      description:
        'A table, a row for each sample, columns separated by commas, semicolons or tabs; decimals after a point',
    }),
    header: z.boolean().optional().meta({
      description:
        'Of the table: whether its first row names the columns; by default when none of its cells is a number',
    }),
    target: z
      .array(z.union([z.string(), z.int().min(0)]))
      .min(1)
      .max(1000)
      .optional()
      .meta({
        description: 'Of the table: columns of the target, by name or number from 0; by default the last one',
      }),
  })
  .meta({
    description: 'What to learn from: inputs and targets, or a table. In a form, what goes with its files',
    examples: [
      {
        inputs: [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        targets: [0, 1, 1, 0],
        labels: ['equal', 'different'],
      },
      { csv: 'x,y,class\n0.5,1,circle\n2,0.5,cross\n', header: true, target: ['class'] },
    ],
  })
/** The part of a form that says what to learn from. */
export type DataForm = z.output<typeof dataSchema>

/** The id of a network of the service. */
export const knownIdSchema = z.string().min(1).max(200)
export const newIdSchema = z
  .string()
  .regex(NETWORK_ID)
  .meta({ description: 'Its name from now on: small letters, digits, - _ .' })

/** A network of the service, or a new one, which `readSpec` reads. */
const modelSchema = z.union(
  [knownIdSchema, z.looseObject({ id: newIdSchema, labels: outputLabelsSchema.optional() })],
  {
    error: 'expected the id of a network, or an object with id, input and layers',
  },
)

/** A training, but for data that come as files. */
export const trainingFormSchema = z.strictObject({
  model: modelSchema,
  data: dataSchema.optional(),
  ...trainingSchema.shape,
})
export type TrainingForm = z.output<typeof trainingFormSchema>
