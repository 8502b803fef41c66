import type { Tensor } from '../core/ir/tensor.ts'
import { TensorError } from './errors.ts'

/** An array as read: row-major whatever the file's order, native endianness. */
export interface NpyArray {
  readonly shape: readonly number[]
  /** the file's own name of the type, such as `<f4` */
  readonly dtype: string
  /** float32 for f2 and f4, else doubles: exact, integers beyond 2⁵³ are refused */
  readonly data: Float32Array | Float64Array
}

interface ElementType {
  readonly bytes: number
  readonly read: (view: DataView, at: number, little: boolean) => number
}

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number))
    throw new TensorError('value', `expected integers within ±2^53 in the array, got ${value}`)
  return number
}

const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['f2', { bytes: 2, read: (view, at, little) => view.getFloat16(at, little) }],
  ['f4', { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) }],
  ['f8', { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) }],
  ['b1', { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ['u1', { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ['i1', { bytes: 1, read: (view, at) => view.getInt8(at) }],
  ['u2', { bytes: 2, read: (view, at, little) => view.getUint16(at, little) }],
  ['i2', { bytes: 2, read: (view, at, little) => view.getInt16(at, little) }],
  ['u4', { bytes: 4, read: (view, at, little) => view.getUint32(at, little) }],
  ['i4', { bytes: 4, read: (view, at, little) => view.getInt32(at, little) }],
  ['u8', { bytes: 8, read: (view, at, little) => safe(view.getBigUint64(at, little)) }],
  ['i8', { bytes: 8, read: (view, at, little) => safe(view.getBigInt64(at, little)) }],
])

/** NumPy's own bound on dimensions. */
const maxRank = 64
/** NumPy refuses longer headers too, unless told to trust the file. */
const maxHeaderBytes = 10_000

const corrupt = (message: string) => new TensorError('corrupt', message)

interface Header {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly element: ElementType
  readonly little: boolean
  readonly fortran: boolean
  readonly dataAt: number
}

/**
 * Reads NPY 1.0–3.0: floats of 2, 4, 8 bytes, integers of 1 to 8, booleans; either byte order; C or Fortran order. Object
 * (pickled), complex, text and structured types are refused. Every size is checked against the bytes that are there
 * before anything is allocated. Throws `TensorError`: `corrupt`, `dtype`, `shape` or `value`.
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { shape, dtype, element, little, fortran, dataAt } = readHeader(bytes, view)
  const count = shape.reduce((a, b) => a * b, 1)
  const there = bytes.byteLength - dataAt
  if (count * element.bytes !== there)
    throw corrupt(
      `expected ${count * element.bytes} bytes for shape (${shape.join(', ')}) of ${dtype}, got ${there}`,
    )

  const data =
    dtype.endsWith('f4') || dtype.endsWith('f2') ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) data[i] = element.read(view, dataAt + i * element.bytes, little)
  return { shape, dtype, data: fortran ? toRowMajor(data, shape) : data }
}

function readHeader(bytes: Uint8Array, view: DataView): Header {
  const text = (from: number, to: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
  if (bytes.byteLength < 10 || text(0, 6) !== '\x93NUMPY')
    throw corrupt('expected an NPY file (numpy.save), got something else')
  const version = view.getUint8(6)
  if (version < 1 || version > 3) throw corrupt(`expected NPY version 1, 2 or 3, got ${version}`)
  const headerAt = version === 1 ? 10 : 12
  const length = version === 1 ? view.getUint16(8, true) : bytes.byteLength < 12 ? 0 : view.getUint32(8, true)
  const dataAt = headerAt + length
  if (dataAt > bytes.byteLength || length > maxHeaderBytes)
    throw corrupt(
      `expected a header of at most ${Math.min(maxHeaderBytes, bytes.byteLength)} bytes, got ${length}`,
    )
  return { ...parseHeader(text(headerAt, dataAt)), dataAt }
}

const entry = /^\s*'(descr|fortran_order|shape)'\s*:\s*('[^'\\]*'|True|False|\([\dL,\s-]*\))\s*(?:,|(?=\}))/

/** The header is a Python dictionary of three entries in any order. */
function parseHeader(text: string): Omit<Header, 'dataAt'> {
  const body = text.trim()
  if (!body.startsWith('{')) throw corrupt('expected a dictionary in the NPY header, got something else')
  if (/'descr'\s*:\s*\[/.test(body))
    throw new TensorError('dtype', 'expected plain numbers, got a structured array: save one field of it')
  const entries = new Map<string, string>()
  let rest = body.slice(1)
  for (let found = entry.exec(rest); found; found = entry.exec(rest)) {
    entries.set(found[1] ?? '', found[2] ?? '')
    rest = rest.slice(found[0].length)
  }
  const descr = entries.get('descr')
  const order = entries.get('fortran_order')
  const shape = entries.get('shape')
  if (
    rest.trim() !== '}' ||
    !descr?.startsWith("'") ||
    !order?.match(/^(True|False)$/) ||
    !shape?.startsWith('(')
  )
    throw corrupt(
      `expected descr, fortran_order and shape in the NPY header, got ${JSON.stringify(body.slice(0, 100))}`,
    )
  return { ...parseType(descr.slice(1, -1)), fortran: order === 'True', shape: parseShape(shape) }
}

function parseType(dtype: string): Pick<Header, 'dtype' | 'element' | 'little'> {
  const element = /^[<>|=]/.test(dtype) ? elementTypes.get(dtype.slice(1)) : undefined
  if (!element) {
    const what = /^.?O/.test(dtype) ? 'objects (a pickle)' : JSON.stringify(dtype.slice(0, 20))
    throw new TensorError(
      'dtype',
      `expected floats, integers or booleans in the array, got ${what}: use astype('float32')`,
    )
  }
  return { dtype, element, little: !dtype.startsWith('>') }
}

function parseShape(tuple: string): readonly number[] {
  const parts = tuple
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
  if (parts.at(-1) === '') parts.pop()
  const got = `got ${tuple.slice(0, 100)}`
  if (parts.length > maxRank)
    throw new TensorError('shape', `expected a shape of at most ${maxRank} dimensions, ${got}`)
  const negative = parts.find((part) => /^-\d+$/.test(part))
  if (negative !== undefined)
    throw new TensorError(
      'shape',
      `expected sizes from 0 up in the shape, got ${negative} in ${tuple.slice(0, 100)}`,
    )
  if (!parts.every((part) => /^\d+$/.test(part)))
    throw corrupt(`expected whole numbers separated by commas for the shape, ${got}`)
  const shape = parts.map(Number)
  const size = shape.reduce((a, b) => a * b, 1)
  if (!Number.isSafeInteger(size * 8))
    throw new TensorError('shape', `expected a shape that a file can hold, ${got}`)
  return shape
}

/** Column-major data → row-major: walks the target in order, the source by its strides. */
function toRowMajor(
  data: Float32Array | Float64Array,
  shape: readonly number[],
): Float32Array | Float64Array {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1))
  const index = shape.map(() => 0)
  let from = 0
  return data.map(() => {
    const value = data[from] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1
      const stride = strides[axis] ?? 0
      from += stride
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next
        break
      }
      from -= stride * next
      index[axis] = 0
    }
    return value
  })
}

/** A tensor as an NPY 1.0 file, little-endian, row-major: `<f4` or `<f8`, after the type of its data. */
export function writeNpy({ shape, data }: Pick<Tensor, 'shape' | 'data'>): Buffer {
  const dtype = data instanceof Float32Array ? '<f4' : '<f8'
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`
  // the data begin at a multiple of 64 bytes
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10
  const file = Buffer.alloc(10 + length + data.byteLength)
  file.write('\x93NUMPY\x01\x00', 'latin1')
  file.writeUInt16LE(length, 8)
  file.write(`${dictionary.padEnd(length - 1)}\n`, 10, 'latin1')
  const view = new DataView(file.buffer, file.byteOffset + 10 + length, data.byteLength)
  if (data instanceof Float32Array)
    data.forEach((value, i) => {
      view.setFloat32(4 * i, value, true)
    })
  else
    data.forEach((value, i) => {
      view.setFloat64(8 * i, value, true)
    })
  return file
}

/** The first element that is NaN or infinite, as a sentence with its index; undefined when all are finite. */
export function findNonFinite({
  shape,
  data,
}: {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}): string | undefined {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0
    if (!Number.isFinite(value))
      return `expected finite numbers, got ${value} at [${indexOf(i, shape).join(', ')}]`
  }
  return undefined
}

function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = []
  for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
    const size = shape[axis] ?? 1
    index.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return index
}
