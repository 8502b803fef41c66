import { z } from 'zod'

const MOST_DIMENSIONS = 8

/** Numbers of a spec, flat or nested row by row. */
export const valuesSchema = z
  .array(z.unknown())
  .refine((values) => flatten(values)?.data.every(Number.isFinite), {
    error: 'expected finite numbers, flat or nested in lists of one length on each level',
  })
  .meta({
    id: 'Values',
    description: 'Numbers, flat or nested row by row',
    example: [
      [1, -1],
      [-1, 1],
    ],
  })

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
