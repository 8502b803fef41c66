import * as z from 'zod'
import type { Method } from '../explain/method.ts'
import { explainParameters } from './explain.ts'
import { parameterSchema, parametersOf } from './parameter-list.ts'

const smoothgrad = {
  id: 'smoothgrad',
  title: 'SmoothGrad',
  description:
    'The mean of an attribution over noisy copies of the input: what flickers from copy to copy averages out.',
  source: 'Smilkov, Thorat, Kim, Viégas, Wattenberg: SmoothGrad, 2017, arXiv:1706.03825',
  channels: 'max',
  over: 'input',
  warnings: [],
  parameters: [
    {
      name: 'samples',
      description: 'Number of noisy copies of the input',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 25 },
    },
  ],
}

const methodSchema = z
  .object({
    id: z.string().meta({ description: 'What method= calls it' }),
    title: z.string().meta({ description: 'Its name for people' }),
    description: z.string().meta({ description: 'What its maps show' }),
    source: z.string().meta({ description: 'Where it was published' }),
    channels: z.string().meta({ description: 'How colour channels become one value by default' }),
    over: z
      .enum(['input', 'layer'])
      .meta({ description: 'What it attributes to: the pixels, or a layer (which takes `layer`)' }),
    warnings: z.array(z.string()).meta({ description: 'What holds for every map of this method' }),
    parameters: z.array(parameterSchema).meta({ description: 'The parameters that only this method takes' }),
  })
  .meta({ id: 'Method', description: 'An attribution method', example: smoothgrad })

const example = {
  methods: [smoothgrad],
  parameters: [
    {
      name: 'opacity',
      description: 'Of the colours over the photo; by default 0.7, for mask 0.85',
      required: false,
      schema: { example: 0.5, type: 'number', minimum: 0, maximum: 1 },
    },
  ],
}

/** What GET /v1/methods answers. */
export const methodListSchema = z
  .object({
    methods: z.array(methodSchema).meta({ description: 'Every method' }),
    parameters: z
      .array(parameterSchema)
      .meta({ description: 'The parameters that explain takes with every method' }),
  })
  .meta({ id: 'MethodList', description: 'Methods and parameters of explain', example })

/** All methods as the API shows them. */
export const methodList = (methods: Iterable<Method>): z.output<typeof methodListSchema> => ({
  methods: [...methods].map(({ id, title, description, source, channels, over, warnings = [], params }) => ({
    id,
    title,
    description,
    source,
    channels,
    over,
    warnings: [...warnings],
    parameters: parametersOf(params),
  })),
  parameters: parametersOf(explainParameters),
})
