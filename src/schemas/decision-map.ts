import * as z from 'zod'
import type { JsonBounds } from '../faults/json.ts'
import { MOST_CLASSES } from '../networks/decision-map.ts'
import { rawQuery } from './query.ts'

/** Points of one map, and grid points along an axis, at most. */
const MOST_POINTS = 10_000
const MOST_RESOLUTION = 400
/** Twice what a body of so many points can hold: beyond them, the schema says so. */
export const DECISION_MAP_BOUNDS: JsonBounds = { lists: 2 * MOST_POINTS, values: 6 * MOST_POINTS }
/** What float32 holds. */
const LARGEST = 1e30

export const DECISION_MAP_FORMATS = ['png', 'svg', 'json'] as const
export type DecisionMapFormat = (typeof DECISION_MAP_FORMATS)[number]

const format = z.enum(DECISION_MAP_FORMATS).optional().meta({
  description: 'Of the answer; otherwise the Accept header decides, and PNG comes first',
  example: 'svg',
})

/** The query of decision-map. */
export const decisionMapParameters = z.object({ format })
/** `readQuery` reads it. */
export const decisionMapQuery = rawQuery(decisionMapParameters)

const coordinate = z.number().min(-LARGEST).max(LARGEST)
const point = z.array(coordinate).refine(({ length }) => length === 2, {
  error: ({ input }) =>
    `expected two numbers, x and y, got ${Array.isArray(input) ? input.length : 'something else'}`,
})

const feature = z.int().min(0)

/** The body of decision-map. */
export const decisionMapBody = z
  .strictObject({
    points: z
      .array(point)
      .min(1, 'expected at least one point, got none')
      .max(MOST_POINTS, `expected at most ${MOST_POINTS} points`)
      .meta({
        description: `x and y of each point, 1 to ${MOST_POINTS}; the map shows all of them with room around`,
      }),
    labels: z
      .array(
        z
          .int()
          .min(0)
          .max(MOST_CLASSES - 1),
      )
      .optional()
      .meta({
        description: 'The true class of each point, from 0; without them nothing is said of mistakes',
      }),
    features: z
      .tuple([feature, feature])
      .refine(([first, second]) => first !== second, 'expected two different inputs, got the same twice')
      .optional()
      .meta({ description: 'Which inputs are x and y, from 0; needed for models of more than two inputs' }),
    hold: z
      .union([coordinate, z.array(coordinate)], 'expected a number, or a list of numbers')
      .optional()
      .meta({
        description:
          'Values of the other inputs, in order, or one for all of them; needed for models of more than two inputs',
      }),
    padding: z.number().min(0.02).max(2).default(0.12).meta({
      description: 'Room around the points at each side, as a share of their extent',
    }),
    resolution: z.int().min(16).max(MOST_RESOLUTION).default(200).meta({
      description: 'Grid points along each axis at which the model is asked',
    }),
    opacity: z.number().min(0).max(1).default(0.6).meta({
      description: 'Of the regions where the model is surest',
    }),
    shading: z.enum(['probability', 'none']).default('probability').meta({
      description: 'Whether regions pale where the model is less sure',
    }),
    title: z.string().min(1).max(200).optional().meta({
      description: "Above the picture; otherwise the model's id",
    }),
    axes: z
      .tuple([z.string().max(60), z.string().max(60)])
      .optional()
      .meta({
        description: 'What x and y are called',
      }),
    format,
  })
  .meta({
    id: 'DecisionMapBody',
    description: 'Points, and how to look at the plane they lie in',
    example: {
      points: [
        [1, 1],
        [2, 1],
        [1, 2],
        [5, 1],
      ],
      labels: [0, 0, 1, 1],
      features: [0, 1],
      hold: 0,
      padding: 0.12,
      resolution: 200,
      opacity: 0.6,
      shading: 'probability',
      title: 'Circles and crosses',
      axes: ['x₁', 'x₂'],
      format: 'png',
    },
  })
export type DecisionMapAsk = z.output<typeof decisionMapBody>

const span = z.tuple([z.number(), z.number()])

/** The answer of decision-map in JSON. */
export const decisionMapSchema = z
  .object({
    model: z.string().meta({ description: 'Id of the model' }),
    classes: z.array(z.string()).meta({ description: 'Names of the classes, in their order' }),
    reading: z.enum(['softmax', 'sigmoid', 'values']).meta({
      description:
        'How outputs became probabilities: softmax or sigmoid of logits, or values from 0 to 1, cut off beyond and divided by their sum',
    }),
    features: span.meta({ description: 'Which inputs are x and y' }),
    x: span.meta({ description: 'From where to where the map goes' }),
    y: span.meta({ description: 'The same upwards' }),
    resolution: z.int().meta({ description: 'Grid points along each axis; the outermost lie on the edges' }),
    labels: z
      .array(z.array(z.int()))
      .meta({ description: 'Class of each grid point, row by row from the lowest y' }),
    probabilities: z.array(z.array(z.array(z.number()))).meta({
      description: 'The same with the probability of each class, six decimals',
    }),
    boundaries: z
      .array(
        z.object({
          between: z.tuple([z.int(), z.int()]).meta({ description: 'The two classes' }),
          points: z
            .array(span)
            .meta({ description: 'x and y along the line; a closed one ends where it begins' }),
        }),
      )
      .meta({ description: 'Where two classes are equally likely, and no other is likelier' }),
    points: z
      .array(
        z.object({
          x: z.number().meta({ description: 'As given' }),
          y: z.number().meta({ description: 'As given' }),
          label: z.int().optional().meta({ description: 'Its true class, as given' }),
          predicted: z.int().meta({ description: 'The class that the model takes it for' }),
          probabilities: z.array(z.number()).meta({ description: 'Of each class' }),
        }),
      )
      .meta({ description: 'What the model says of the points' }),
    misclassified: z
      .array(z.int())
      .optional()
      .meta({ description: 'Places in `points` of those that it takes for another class' }),
    accuracy: z
      .number()
      .optional()
      .meta({ description: 'Share of the points that it takes for what they are' }),
  })
  .meta({
    id: 'DecisionMap',
    description: 'Classes and probabilities all over a plane, and the lines between classes',
    example: {
      model: 'circles',
      classes: ['circle', 'cross'],
      reading: 'softmax',
      features: [0, 1],
      x: [0.52, 5.48],
      y: [0.88, 2.12],
      resolution: 2,
      labels: [
        [0, 1],
        [1, 1],
      ],
      probabilities: [
        [
          [0.93, 0.07],
          [0.12, 0.88],
        ],
        [
          [0.25, 0.75],
          [0.01, 0.99],
        ],
      ],
      boundaries: [
        {
          between: [0, 1],
          points: [
            [4.2, 0.88],
            [1.1, 2.12],
          ],
        },
      ],
      points: [{ x: 1, y: 1, label: 0, predicted: 0, probabilities: [0.93, 0.07] }],
      misclassified: [],
      accuracy: 1,
    },
  })
