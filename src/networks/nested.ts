/** Numbers row by row, the outermost list first. */
export interface Nested {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** Samples, channels, rows and columns, and some more. */
const MOST_DIMENSIONS = 8

/** Nested lists of one shape, as their first elements have it; or what is wrong, as a sentence with the place. */
export function readNested(values: readonly unknown[]): Nested | { readonly fault: string } {
  const shape: number[] = []
  // what is nested deeper than any array here may be deeper than the stack
  for (let list: unknown = values; Array.isArray(list) && shape.length <= MOST_DIMENSIONS; list = list[0])
    shape.push(list.length)
  if (shape.length > MOST_DIMENSIONS)
    return { fault: `expected at most ${MOST_DIMENSIONS} lists inside each other, got more` }
  // nothing is allocated by what the first lists claim
  const data: number[] = []
  const path = shape.map(() => 0)
  const place = (axis: number) => (axis === 0 ? 'the outermost list' : `[${path.slice(0, axis).join('][')}]`)
  const walk = (value: unknown, axis: number): string | undefined => {
    if (axis === shape.length) {
      if (typeof value !== 'number') return `expected a number at ${place(axis)}, got ${described(value)}`
      data.push(value)
      return undefined
    }
    const length = shape[axis] ?? 0
    if (!Array.isArray(value) || value.length !== length)
      return `expected a list of ${length} at ${place(axis)}, as the first of its kind is, got ${Array.isArray(value) ? `one of ${value.length}` : described(value)}`
    for (let i = 0; i < length; i++) {
      path[axis] = i
      const fault = walk(value[i], axis + 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  const fault = walk(values, 0)
  return fault === undefined ? { shape, data: Float64Array.from(data) } : { fault }
}

const described = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60)
}
