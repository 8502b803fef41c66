import { TensorError } from './errors.ts'
import { DATATYPES, type Datatype } from './tensor-json.ts'

/** A tensor as it was read; see `parseTensorJson`. */
export interface ParsedTensor {
  readonly shape: readonly number[]
  readonly datatype: Datatype
  readonly data: Float32Array | Float64Array
}

const bounds: Readonly<Record<Exclude<Datatype, 'FP32' | 'FP64'>, readonly [number, number]>> = {
  BOOL: [0, 1],
  UINT8: [0, 0xff],
  UINT16: [0, 0xffff],
  UINT32: [0, 0xffffffff],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-0x80, 0x7f],
  INT16: [-0x8000, 0x7fff],
  INT32: [-0x80000000, 0x7fffffff],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null
/** A value for a message. Never what is nested: that may be nested deeper than the stack. */
const show = (value: unknown): string => {
  if (isList(value))
    return value.length <= 32 && value.every(isScalar) ? JSON.stringify(value) : `a list of ${value.length}`
  return isScalar(value) ? (JSON.stringify(value) ?? typeof value).slice(0, 60) : 'an object'
}

const EXPECTED = 'expected a JSON object of shape, datatype and data for a tensor'
/** Blanks before the object, at most. */
const LONGEST_BLANK = 100
/** Objects and texts that a tensor in JSON may have: its own four names, and a few that are not for us. */
const MAX_OBJECTS = 16
const MAX_QUOTES = 64

/**
 * Reads a tensor out of the bytes of a JSON text, see `parseTensorJson`. The lists, objects and texts are counted before
 * they are parsed: 20 MB of empty lists would take seconds and 400 MB. Throws `TensorError`.
 */
export function readTensorJson(bytes: Buffer, { maxLists }: { readonly maxLists: number }): ParsedTensor {
  if (!/^\s*\{/.test(bytes.toString('latin1', 0, LONGEST_BLANK)))
    throw new TensorError('corrupt', `${EXPECTED}, got something else`)
  if (holdsMore(bytes, '[', maxLists))
    throw new TensorError('shape', `expected at most ${maxLists} lists in a tensor for this model, got more`)
  if (holdsMore(bytes, '{', MAX_OBJECTS) || holdsMore(bytes, '"', MAX_QUOTES))
    throw new TensorError('corrupt', `${EXPECTED}, got much else beside them`)
  return parseTensorJson(jsonOf(bytes))
}

/** Whether a character comes more than so many times. */
function holdsMore(bytes: Buffer, character: string, most: number): boolean {
  let count = 0
  for (let at = bytes.indexOf(character); at >= 0; at = bytes.indexOf(character, at + 1))
    if (++count > most) return true
  return false
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw new TensorError(
      'corrupt',
      `${EXPECTED} (JSON has no NaN and no infinity), got text that is not JSON`,
      { cause: error },
    )
  }
}

/**
 * Reads a KServe V2 tensor out of parsed JSON; `data` nested or flat. FP32 comes back as float32, everything else as
 * doubles. Throws `TensorError`: `corrupt` (not such an object), `dtype`, `shape` (more than `maxElements`, or data that do
 * not fill it), `value` (not a number, a fraction among integers, out of the type's range).
 */
export function parseTensorJson(json: unknown, maxElements = 16_777_216): ParsedTensor {
  if (typeof json !== 'object' || json === null || !('shape' in json && 'datatype' in json && 'data' in json))
    throw new TensorError('corrupt', `${EXPECTED}, got ${show(json)}`)
  const datatype = DATATYPES.find((name) => name === json.datatype)
  if (!datatype)
    throw new TensorError(
      'dtype',
      `expected ${DATATYPES.join(', ')} for datatype, got ${show(json.datatype)}`,
    )
  const shape = parseShape(json.shape, maxElements)
  if (!isList(json.data)) throw new TensorError('shape', `expected a list for data, got ${show(json.data)}`)

  const count = shape.reduce((a, b) => a * b, 1)
  const data = datatype === 'FP32' ? new Float32Array(count) : new Float64Array(count)
  const read = elementReader(datatype)
  fill(json.data, shape, (value, at) => {
    data[at] = read(value, at)
  })
  return { shape, datatype, data }
}

function parseShape(shape: unknown, maxElements: number): readonly number[] {
  const isSize = (size: unknown): size is number =>
    typeof size === 'number' && Number.isInteger(size) && size >= 0
  if (!isList(shape) || shape.length > 32 || !shape.every(isSize))
    throw new TensorError(
      'shape',
      `expected at most 32 whole numbers, 0 or more, for shape, got ${show(shape)}`,
    )
  const count = shape.reduce((a, b) => a * b, 1)
  if (!(count <= maxElements))
    throw new TensorError('shape', `expected at most ${maxElements} elements, got shape ${show(shape)}`)
  return shape
}

/** Visits flat or nested data in order. Throws `shape` where they do not fill it. */
function fill(
  data: readonly unknown[],
  shape: readonly number[],
  visit: (value: unknown, at: number) => void,
): void {
  const count = shape.reduce((a, b) => a * b, 1)
  const isFlat = !data.some(isList)
  const dimensions = isFlat ? [count] : shape
  let at = 0
  const walk = (list: unknown, axis: number): void => {
    const size = dimensions[axis] ?? 0
    if (!isList(list) || list.length !== size)
      throw new TensorError(
        'shape',
        `expected ${size} elements in dimension ${axis} of data for shape ${show(shape)}, got ${isList(list) ? list.length : show(list)}`,
      )
    for (const item of list)
      if (axis + 1 < dimensions.length) walk(item, axis + 1)
      else visit(item, at++)
  }
  walk(data, 0)
}

function elementReader(datatype: Datatype): (value: unknown, at: number) => number {
  const refuse = (value: unknown, at: number): never => {
    throw new TensorError(
      'value',
      `expected ${datatype} numbers in data, got ${show(value)} at element ${at}`,
    )
  }
  if (datatype === 'FP32' || datatype === 'FP64') {
    const round = datatype === 'FP32' ? Math.fround : (value: number) => value
    return (value, at) =>
      typeof value === 'number' && Number.isFinite(round(value)) ? value : refuse(value, at)
  }
  const [low, high] = bounds[datatype]
  return (value, at) => {
    const number = datatype === 'BOOL' && typeof value === 'boolean' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high)
      return refuse(value, at)
    return number
  }
}
