import { z } from 'zod'
import { BOUNDARY_RULES } from '../filters/boundary.ts'
import { LIGHTS, OUTPUT_FORMS } from '../filters/job.ts'
import { NUMBER_CLASSES } from '../filters/number-class.ts'
import { MODES, SIZES } from '../filters/window.ts'
import { timingsSchema, warningsSchema } from './common.ts'
import { rawQuery } from './query.ts'

/** Formats that filter answers in. */
export const FILTER_FORMATS = ['png', 'webp', 'jpeg', 'json', 'npy', 'zip'] as const

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
  light: z.enum(LIGHTS).default('encoded').meta({
    description: 'linear: colours are filtered as amounts of light (sRGB decoded before, encoded after)',
    example: 'linear',
  }),
}

/** The form of what comes out. */
export const outputParameter = z.enum(OUTPUT_FORMS).optional().meta({
  description:
    'float: as computed (JSON and NPY); clamp: kept within the range of the input; abs: without the sign; minmax: stretched over the range; offset: 0 in its middle. By default float for floats, clamp for integers; pictures of results around 0 show them by abs, and say so',
  example: 'clamp',
})

export const filterParameters = {
  ...settingParameters,
  output: outputParameter,
  format: z.enum(FILTER_FORMATS).optional().meta({
    description:
      'Format of the answer; wins over the Accept header. By default that of what came: a picture or numbers',
    example: 'png',
  }),
}

const filterTexts = z.array(z.string()).meta({
  description:
    'A step: the name of a filter (GET /v1/filters), then its values after colons in their order or as name=value; 5 or 3x5 for a size, 1,2,1;0,0,0;-1,-2,-1 for a matrix. Several run in the order given',
  example: ['average:5', 'laplacian:0.2:combine=subtract'],
})

/** The query of filter. */
export const filterQuery = rawQuery(z.object({ filter: filterTexts.optional(), ...filterParameters }))

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
      description: 'What the numbers are; float64 and integers are computed in float64',
    }),
    pipeline: pipelineSchema,
    ...settingParameters,
    output: outputParameter,
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
  light: settingParameters.light,
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
      timings: { queue: 0.05, filter: 0.4, total: 3.2 },
    },
  })
