import { z } from 'zod'

const MOST_DIMENSIONS = 8

type Nested = number | readonly Nested[]

/** Numbers, flat or nested row by row. */
export const valuesSchema: z.ZodType<readonly Nested[]> = z.array(
  z.lazy((): z.ZodType<Nested> => z.union([z.number(), valuesSchema])),
)

/** All numbers in order, and the lengths of the lists; undefined where they are ragged. */
export function flatten(
  values: readonly unknown[],
): { shape: readonly number[]; data: Float64Array } | undefined {
  const shape: number[] = []
  for (let list: unknown = values; Array.isArray(list); list = list[0]) {
    shape.push(list.length)
    // what is nested deeper than any array here may be deeper than the stack
    if (shape.length > MOST_DIMENSIONS) return undefined
  }
  const data: number[] = []
  const walk = (value: unknown, axis: number): boolean => {
    if (!Array.isArray(value)) {
      if (axis !== shape.length || typeof value !== 'number') return false
      data.push(value)
      return true
    }
    return value.length === shape[axis] && value.every((inner: unknown) => walk(inner, axis + 1))
  }
  return walk(values, 0) ? { shape, data: Float64Array.from(data) } : undefined
}
