import * as z from 'zod'
import { BOUNDARY_RULES } from '../filters/boundary.ts'
import { LIGHTS, OUTPUT_FORMS } from '../filters/job.ts'
import { NUMBER_CLASSES } from '../filters/number-class.ts'
import { MODES, SIZES } from '../filters/window.ts'
import { tensorSchema, timingsSchema, warningsSchema } from './common.ts'
import { rawQuery } from './query.ts'

/** Formats that filter answers in. */
export const FILTER_FORMATS = ['png', 'webp', 'jpeg', 'json', 'npy', 'zip'] as const
export type FilterFormat = (typeof FILTER_FORMATS)[number]

const boundarySchema = z
  .union([z.number().min(-1e9).max(1e9), z.enum(BOUNDARY_RULES)])
  .default(0)
  .meta({
    description:
      'What lies beyond the edges: a number, or symmetric cba|abc|cba (SciPy reflect, OpenCV REFLECT), replicate aaa|abc|ccc (nearest, REPLICATE), circular abc|abc|abc (wrap, WRAP), mirror dcb|abcd|cba (mirror, REFLECT_101)',
    example: 'replicate',
  })

/** How the steps of a pipeline work, whichever they are. */
export const settingParameters = {
  boundary: boundarySchema,
  size: z.enum(SIZES).default('same').meta({
    description:
      'Places of a result: as many as its input has, all that the kernel touches, or those where it lies inside',
    example: 'same',
  }),
  mode: z.enum(MODES).default('corr').meta({
    description: 'Correlation, or convolution with the kernel rotated by 180°',
    example: 'corr',
  }),
  intermediate: z.enum(['float', 'uint8', 'uint16', 'int16']).default('float').meta({
    description:
      'What numbers are between the steps: as they are, or cast to integers (rounded half away from zero, kept within the range), as MATLAB does with an image of that class',
    example: 'uint8',
  }),
}

/** The form of what comes out. */
const outputParameter = z.enum(OUTPUT_FORMS).optional().meta({
  description:
    'float: as computed (JSON and NPY); clamp: kept within the range of the input; abs: without the sign; minmax: stretched over the range; offset: 0 in its middle. By default float for floats, clamp for integers; pictures of results around 0 are stretched (minmax), and say so',
  example: 'clamp',
})

/** What only filter takes, in the query and in a body. */
export const resultParameters = {
  light: z.enum(LIGHTS).default('encoded').meta({
    description: 'linear: colours are filtered as amounts of light (sRGB decoded before, encoded after)',
    example: 'linear',
  }),
  output: outputParameter,
}

export const filterParameters = z.object({
  ...settingParameters,
  ...resultParameters,
  format: z.enum(FILTER_FORMATS).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. By default that of what came: a picture or numbers',
    example: 'png',
  }),
})

const filterTexts = z.array(z.string())
const stepTexts = {
  description:
    'A step: the name of a filter (GET /v1/filters), then its values after colons in their order or as name=value; 5 or 3x5 for a size, 1,2,1;0,0,0;-1,-2,-1 for a matrix. Several run in the order given',
  example: ['average:5', 'laplacian:0.2:combine=subtract'],
}

/** The query of filter. */
export const filterQuery = rawQuery(
  z.object({ filter: filterTexts.optional().meta(stepTexts), ...filterParameters.shape }),
)

const stepSchema = z
  .object({ type: z.string().meta({ description: 'Name of the filter, see GET /v1/filters' }) })
  .catchall(z.unknown())
  .meta({ description: 'A filter with its parameters, and combine and amount as every step has them' })

const pipelineSchema = z.array(stepSchema).meta({
  description: 'The steps, first to last',
  example: [
    { type: 'average', size: [5, 5] },
    { type: 'laplacian', alpha: 0.2, combine: 'subtract' },
  ],
})

/** Numbers instead of a picture. */
export const numbersSchema = z
  .object({
    data: z
      .array(z.unknown())
      .meta({ description: 'A list, rows, or rows × columns × channels of finite numbers' }),
    dtype: z.enum(NUMBER_CLASSES).default('float64').meta({
      description: 'What the numbers are; float32 is computed in float32, all others in float64',
    }),
    pipeline: pipelineSchema,
    ...settingParameters,
    ...resultParameters,
  })
  .meta({
    id: 'FilterNumbers',
    description: 'Numbers to be filtered, and how',
    example: {
      data: [1, 3, 5, 7, 5, 3, 1],
      dtype: 'float64',
      pipeline: [{ type: 'wolfram-laplacian-r1' }, { type: 'wolfram-gaussian-r1' }],
      boundary: 'replicate',
      size: 'same',
      mode: 'corr',
      intermediate: 'float',
      light: 'encoded',
      output: 'float',
    },
  })

const answerFields = {
  pipeline: pipelineSchema.meta({ description: 'The steps with all their parameters, defaults included' }),
  boundary: boundarySchema.meta({ description: 'As it was used' }),
  size: settingParameters.size,
  mode: settingParameters.mode,
  intermediate: settingParameters.intermediate,
  light: resultParameters.light,
  output: z.enum(OUTPUT_FORMS).meta({ description: 'The form of the numbers' }),
}

/** What filter answers in JSON. */
export const filteredSchema = z
  .object({
    shape: z
      .array(z.int())
      .meta({ description: 'As the input: (columns), (rows, columns) or (rows, columns, channels)' }),
    datatype: z
      .enum(['FP64', 'FP32', 'UINT8', 'UINT16', 'INT16'])
      .meta({ description: 'Type of each number' }),
    data: z.array(z.unknown()).meta({ description: 'The numbers, nested row by row' }),
    ...answerFields,
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({
    id: 'Filtered',
    description: 'A filtered array',
    example: {
      shape: [7],
      datatype: 'FP64',
      data: [
        5.151385287557992, 0.5684388907039435, -1.1368777814078876, -9.1658927937081, -1.1368777814078863,
        0.5684388907039429, 5.151385287557993,
      ],
      pipeline: [
        { type: 'wolfram-laplacian-r1', combine: 'replace', amount: 1 },
        { type: 'wolfram-gaussian-r1', combine: 'replace', amount: 1 },
      ],
      boundary: 'replicate',
      size: 'same',
      mode: 'corr',
      intermediate: 'float',
      light: 'encoded',
      output: 'float',
      warnings: [],
      timings: { queue: 0.05, decode: 0.1, filter: 0.4, render: 0.1, total: 3.2 },
    },
  })

const compareFormats = ['png', 'json'] as const

/** What compare takes besides the steps. */
export const compareParameters = z.object({
  ...settingParameters,
  format: z.enum(compareFormats).optional().meta({
    description:
      'png: all results and their difference, side by side; json: numbers. By default that of what came',
    example: 'json',
  }),
})

/** The query of compare. */
export const compareQuery = rawQuery(
  z.object({ filter: filterTexts.optional().meta(stepTexts), ...compareParameters.shape }),
)

const { light: _, output: __, pipeline: ___, ...comparedFields } = answerFields

/** What compare answers in JSON. */
export const comparisonSchema = z
  .object({
    sentence: z.string().meta({ description: 'Whether the order matters, where and why' }),
    difference: z
      .object({
        max: z.number().meta({ description: 'The largest difference of any order to the given one' }),
        at: z
          .array(z.int())
          .meta({ description: 'Where it is: row, column and channel, as far as the input has them' }),
        where: z.enum(['nowhere', 'rings', 'everywhere']).meta({
          description:
            'Only near the edges (rings), where the boundary is seen, or everywhere; nowhere: rounding only',
        }),
        interior: z.number().meta({ description: 'The largest where no kernel reaches beyond an edge' }),
        rings: z.number().meta({ description: 'The largest around that' }),
      })
      .meta({ description: 'How the results differ' }),
    orders: z
      .array(
        z.object({
          pipeline: pipelineSchema,
          result: tensorSchema.meta({ description: 'The numbers of this order' }),
        }),
      )
      .meta({
        description: 'Every order of up to 3 steps, else the given one and its reverse; the given one first',
      }),
    ...comparedFields,
    warnings: warningsSchema,
    timings: timingsSchema,
  })
  .meta({
    id: 'Comparison',
    description: 'What the order of the steps changes',
    example: {
      sentence:
        'The order matters only near the edges: results differ by up to 0.0994 (at row 0, column 0) there, because each step goes beyond the edges of its own input (boundary=1), which the step before has changed; inside they are equal, but for rounding (1.24e-14), as linear filters commute.',
      difference: { max: 0.09938048, at: [0], where: 'rings', interior: 1.24e-14, rings: 0.09938048 },
      orders: [
        {
          pipeline: [
            { type: 'wolfram-laplacian-r1', combine: 'replace', amount: 1 },
            { type: 'wolfram-gaussian-r1', combine: 'replace', amount: 1 },
          ],
          result: {
            shape: [7],
            datatype: 'FP64',
            data: [4.68232688, 0.56843889, -1.13687778, -9.16589279, -1.13687778, 0.56843889, 4.68232688],
          },
        },
        {
          pipeline: [
            { type: 'wolfram-gaussian-r1', combine: 'replace', amount: 1 },
            { type: 'wolfram-laplacian-r1', combine: 'replace', amount: 1 },
          ],
          result: {
            shape: [7],
            datatype: 'FP64',
            data: [4.5829464, 0.56843889, -1.13687778, -9.16589279, -1.13687778, 0.56843889, 4.5829464],
          },
        },
      ],
      boundary: 1,
      size: 'same',
      mode: 'corr',
      intermediate: 'float',
      warnings: [],
      timings: { queue: 0.05, decode: 0.1, filter: 0.4, total: 3.2 },
    },
  })

/** What compose takes. */
export const composeParameters = z.object({
  mode: settingParameters.mode,
  format: z.enum(['json', 'png']).optional().meta({
    description: 'png: a plot of the frequency response, and the kernel',
    example: 'png',
  }),
})

/** The query of compose. */
export const composeQuery = rawQuery(
  z.object({ filter: filterTexts.meta(stepTexts), ...composeParameters.shape }),
)

/** What compose answers in JSON. */
export const compositionSchema = z
  .object({
    pipeline: pipelineSchema,
    mode: settingParameters.mode,
    rows: z.int().meta({ description: 'Rows of the kernel' }),
    columns: z.int().meta({ description: 'Columns of the kernel' }),
    centre: z
      .array(z.int())
      .meta({ description: 'Row and column of the entry that meets the pixel which a result is for' }),
    sum: z.number().meta({ description: 'Sum of its entries: what a constant picture is multiplied by' }),
    kernel: z.array(z.array(z.number())).meta({ description: 'The kernel, row by row: it is correlated' }),
    response: z
      .object({
        frequencies: z.array(z.number()).meta({ description: 'Cycles per pixel' }),
        horizontal: z.array(z.number()).meta({ description: '|H| of waves along the rows' }),
        vertical: z.array(z.number()).meta({ description: '|H| of waves down the columns' }),
      })
      .meta({
        description: 'What becomes of waves: the magnitude of the frequency response along both axes',
      }),
  })
  .meta({
    id: 'Composition',
    description: 'The one kernel that equals a pipeline, but for the edges',
    example: {
      pipeline: [
        { type: 'average', size: [1, 2], combine: 'replace', amount: 1 },
        { type: 'average', size: [1, 2], combine: 'replace', amount: 1 },
      ],
      mode: 'corr',
      rows: 1,
      columns: 3,
      centre: [0, 0],
      sum: 1,
      kernel: [[0.25, 0.5, 0.25]],
      response: { frequencies: [0, 0.5], horizontal: [1, 0], vertical: [1, 1] },
    },
  })
