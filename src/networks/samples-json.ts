import { sizeOf } from '../core/ir/shape.ts'
import { NetworkError } from './errors.ts'
import { checkLimits, type Numbers, type RawSamples } from './samples.ts'

/** Samples from JSON: nested lists of numbers, targets also as a list of labels. Throws NetworkError naming the place. */
export function samplesFromJson(inputs: readonly unknown[], targets: readonly unknown[]): RawSamples {
  const names = { inputs: 'data.inputs', targets: 'data.targets' }
  return {
    names,
    inputs: readNested(inputs, names.inputs),
    targets:
      targets.every(isText) && targets.length > 0 ? { labels: targets } : readNested(targets, names.targets),
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Nested lists of one shape, as their first elements have it. */
function readNested(values: readonly unknown[], name: string): Numbers {
  const shape: number[] = []
  for (let list: unknown = values; Array.isArray(list); list = list[0]) shape.push(list.length)
  const [count = 0, ...each] = shape
  if (shape.length > MOST_DIMENSIONS)
    throw bad(name, `expected at most ${MOST_DIMENSIONS} lists inside each other, got ${shape.length}`)
  checkLimits(name, count, sizeOf(each))
  const data = new Float64Array(sizeOf(shape))
  const path = shape.map(() => 0)
  const place = (axis: number) => (axis === 0 ? 'the outermost list' : `[${path.slice(0, axis).join('][')}]`)
  let at = 0
  const walk = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof value !== 'number')
        throw bad(name, `expected a number at ${place(axis)}, got ${described(value)}`)
      data[at++] = value
      return
    }
    const length = shape[axis] ?? 0
    if (!Array.isArray(value) || value.length !== length)
      throw bad(
        name,
        `expected a list of ${length} at ${place(axis)}, as the first of its kind is, got ${Array.isArray(value) ? `one of ${value.length}` : described(value)}`,
      )
    for (let i = 0; i < length; i++) {
      path[axis] = i
      walk(value[i], axis + 1)
    }
  }
  walk(values, 0)
  return { shape, data }
}

/** Samples, channels, rows and columns, and some more. */
const MOST_DIMENSIONS = 8

const bad = (parameter: string, message: string) => new NetworkError('bad-data', parameter, message)

const described = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : (JSON.stringify(value) ?? 'nothing').slice(0, 60)
