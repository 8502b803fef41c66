import * as z from 'zod'

/** One parameter as lists show it. */
export const parameterSchema = z.object({
  name: z.string().meta({ description: 'Its name in the query' }),
  description: z.string().meta({ description: 'What it means' }),
  required: z.boolean().meta({ description: 'Whether it must be given; false where it has a default' }),
  schema: z
    .record(z.string(), z.unknown())
    .meta({ description: 'JSON Schema of its value, default included' }),
})

/** The parameters of an object, as lists show them. */
export const parametersOf = (shape: z.ZodObject): z.output<typeof parameterSchema>[] =>
  Object.entries(shape.shape).map(([name, schema]) => {
    const {
      $schema: _,
      description = '',
      ...json
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return { name, description, required: !z.safeParse(schema, undefined).success, schema: json }
  })
