import * as z from 'zod'
import type { FilterKind } from '../filters/kind.ts'
import { rowsOf } from '../filters/matrix.ts'
import { optionalStepSchema } from './filter-steps.ts'
import { settingParameters } from './filters.ts'
import { parameterSchema, parametersOf } from './parameter-list.ts'

const laplacian = {
  id: 'laplacian',
  title: 'Laplacian',
  description: 'The second derivative: edges and fine detail, with their sign; sums to 0.',
  source: "MATLAB, fspecial('laplacian')",
  parameters: [
    {
      name: 'alpha',
      description: 'Share of the diagonal neighbours',
      required: false,
      schema: { type: 'number', minimum: 0, maximum: 1, default: 0.2 },
    },
  ],
  kernel: [
    [0.16666666666666669, 0.6666666666666667, 0.16666666666666669],
    [0.6666666666666667, -3.3333333333333335, 0.6666666666666667],
    [0.16666666666666669, 0.6666666666666667, 0.16666666666666669],
  ],
}

const filterSchema = z
  .object({
    id: z.string().meta({ description: 'What filter= and type call it' }),
    title: z.string().meta({ description: 'Its name for people' }),
    description: z.string().meta({ description: 'What it does' }),
    source: z.string().meta({ description: 'Whose definition it is' }),
    parameters: z
      .array(parameterSchema)
      .meta({ description: 'Its parameters, in the order of values without a name' }),
    kernel: z.array(z.array(z.number())).optional().meta({
      description: 'With default parameters: the matrix that is correlated; none where it is not linear',
    }),
  })
  .meta({ id: 'Filter', description: 'A filter', example: laplacian })

/** What GET /v1/filters answers. */
export const filterListSchema = z
  .object({
    filters: z.array(filterSchema).meta({ description: 'Every filter' }),
    step: z.array(parameterSchema).meta({ description: 'What every step takes besides' }),
    settings: z.array(parameterSchema).meta({ description: 'How all steps work' }),
  })
  .meta({
    id: 'FilterList',
    description: 'Filters and their parameters',
    example: {
      filters: [laplacian],
      step: [
        {
          name: 'combine',
          description: 'How the result meets its input: replaces it, is subtracted from it or added to it',
          required: false,
          schema: { type: 'string', enum: ['replace', 'subtract', 'add'] },
        },
      ],
      settings: [
        {
          name: 'mode',
          description: 'Correlation, or convolution with the kernel rotated by 180°',
          required: false,
          schema: { default: 'corr', example: 'corr', type: 'string', enum: ['corr', 'conv'] },
        },
      ],
    },
  })

/** All filters as the API shows them. */
export const filterList = (kinds: Iterable<FilterKind>): z.output<typeof filterListSchema> => ({
  filters: [...kinds].map((kind) => {
    const { id, title, description, source, params } = kind
    return { id, title, description, source, parameters: parametersOf(params), ...kernelOf(kind) }
  }),
  step: parametersOf(optionalStepSchema),
  settings: parametersOf(z.object(settingParameters)),
})

/** The matrix of a filter whose parameters all have defaults. */
function kernelOf(kind: FilterKind): { kernel?: number[][] } {
  if (!kind.params.safeParse({}).success) return {}
  const [stage, ...others] = kind.stages({})
  return stage?.kernel && others.length === 0 ? { kernel: rowsOf(stage.kernel) } : {}
}
