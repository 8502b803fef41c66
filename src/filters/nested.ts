import type { Fault } from '../faults/fault.ts'
import { displayRange, isInteger, type NumberClass } from './number-class.ts'
import { type Samples, samplesOf } from './samples.ts'

/** An array as it came: (columns), (rows, columns) or (rows, columns, channels). */
export interface ArrayOfNumbers {
  readonly samples: Samples
  /** dimensions that it was written with */
  readonly rank: 1 | 2 | 3
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** Nested lists of numbers as samples of a class; or what is wrong with them, by the place where it is. */
export function readNested(data: unknown, type: NumberClass): ArrayOfNumbers | Fault {
  const shape = shapeOf(data)
  const [rows = 1, columns = 1, channels = 1] = shape.length === 1 ? [1, ...shape] : shape
  if (shape.length < 1 || shape.length > 3 || shape.includes(0))
    return {
      parameter: 'data',
      message: `expected a list, rows, or rows × columns × channels of numbers, got ${isList(data) ? `shape (${shape.join(', ')})` : typeof data}`,
    }
  const out = samplesOf(type, rows * columns * channels)
  const check = checkOf(type)
  let at = 0
  /** a fault's place is written from the inside out, once there is one */
  const walk = (value: unknown, axis: number): Fault | undefined => {
    if (axis === shape.length) {
      const wrong = check(value)
      if (wrong !== undefined) return { parameter: '', message: wrong }
      out[at++] = Number(value)
      return undefined
    }
    const length = shape[axis] ?? 0
    if (!isList(value) || value.length !== length)
      return { parameter: '', message: ragged(value, length, axis) }
    for (let i = 0; i < length; i++) {
      const fault = walk(value[i], axis + 1)
      if (fault) return { ...fault, parameter: `[${i}]${fault.parameter}` }
    }
    return undefined
  }
  const inside = walk(data, 0)
  const fault = inside && { ...inside, parameter: `data${inside.parameter}` }
  if (fault) return fault
  return {
    samples: { rows, columns, channels, type, alpha: false, data: out },
    rank: shape.length === 1 ? 1 : shape.length === 2 ? 2 : 3,
  }
}

/** Lengths along the first elements; deeper than 4 makes no difference. */
function shapeOf(data: unknown): readonly number[] {
  const shape: number[] = []
  for (let value = data; isList(value) && shape.length < 4; value = value[0]) shape.push(value.length)
  return shape
}

const ragged = (value: unknown, length: number, axis: number): string =>
  `expected ${length} ${axis === 0 ? 'rows' : 'elements, as many as its neighbours have'}, got ${isList(value) ? value.length : describe(value)}`

/** What is wrong with a number of a class, if anything is. */
function checkOf(type: NumberClass): (value: unknown) => string | undefined {
  if (!isInteger(type))
    return (value) =>
      typeof value === 'number' && Number.isFinite(value)
        ? undefined
        : `expected a number, got ${describe(value)}`
  const [low, high] = displayRange(type)
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
      ? undefined
      : `expected a whole number from ${low} to ${high} for ${type}, got ${describe(value)}`
}

const describe = (value: unknown): string =>
  isList(value) ? `a list of ${value.length}` : (JSON.stringify(value) ?? typeof value).slice(0, 60)

/** The shape of a result, as its input was written. */
export const shapeAs = (
  rank: ArrayOfNumbers['rank'],
  { rows, columns, channels }: Samples,
): readonly number[] => {
  if (rank === 3) return [rows, columns, channels]
  return rank === 1 && rows === 1 ? [columns] : [rows, columns]
}
