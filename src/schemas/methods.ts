import { z } from 'zod'
import type { Method } from '../explain/method.ts'
import { explainParameters } from './explain.ts'

const parameterSchema = z.object({
  name: z.string().meta({ example: 'steps' }),
  description: z.string(),
  required: z.boolean(),
  schema: z.record(z.string(), z.unknown()).meta({
    description: 'JSON Schema of its value, default included',
    example: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
  }),
})

const methodSchema = z
  .object({
    id: z.string().meta({ example: 'integrated-gradients' }),
    title: z.string(),
    description: z.string(),
    source: z.string().meta({ description: 'Where it was published' }),
    channels: z
      .string()
      .meta({ description: 'How colour channels become one value by default', example: 'sum' }),
    over: z
      .enum(['input', 'layer'])
      .meta({ description: 'What it attributes to: the pixels, or a layer (which takes `layer`)' }),
    warnings: z.array(z.string()).meta({ description: 'What holds for every map of this method' }),
    parameters: z.array(parameterSchema).meta({ description: 'The parameters that only this method takes' }),
  })
  .meta({ id: 'Method' })

export const methodListSchema = z
  .object({
    methods: z.array(methodSchema),
    parameters: z
      .array(parameterSchema)
      .meta({ description: 'The parameters that explain takes with every method' }),
  })
  .meta({ id: 'MethodList' })

const parametersOf = (shape: z.ZodObject): z.output<typeof parameterSchema>[] =>
  Object.entries(shape.shape).map(([name, schema]) => {
    const {
      $schema: _,
      description = '',
      ...json
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return { name, description, required: !z.safeParse(schema, undefined).success, schema: json }
  })

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
  parameters: parametersOf(z.object(explainParameters)),
})
