import { copyElements, type ElementOrder, viewOf } from './copy-elements.ts'
import { TensorError } from './errors.ts'

/** An array as it lies in a file. Whoever moves its elements needs nothing more: no number is read. */
export interface NpyFile {
  readonly shape: readonly number[]
  /** the file's own name of the type, such as `<f4`; its first character is the byte order */
  readonly dtype: string
  readonly elementBytes: number
  readonly order: ElementOrder
  /** part of what was given to `openNpy`, not a copy */
  readonly data: Uint8Array
}

/** Byte order, kind and size of the elements that are read and written. */
const plainType = /^[<>|=](?:b1|[iu][1248]|f[248])$/

/** NumPy's own bound on dimensions. */
const maxRank = 64
/** NumPy refuses longer headers too, unless told to trust the file. */
const maxHeaderBytes = 10_000

const corrupt = (message: string) => new TensorError('corrupt', message)

interface Header extends Omit<NpyFile, 'data'> {
  readonly dataAt: number
}

/**
 * Opens NPY 1.0–3.0: floats of 2, 4, 8 bytes, integers of 1 to 8, booleans; either byte order; C or Fortran order. Object
 * (pickled), complex, text and structured types are refused. Every size is checked against the bytes that are there.
 * Throws `TensorError`: `corrupt`, `dtype` or `shape`.
 */
export function openNpy(bytes: Uint8Array): NpyFile {
  const { dataAt, ...header } = readHeader(bytes)
  const { shape, dtype, elementBytes } = header
  const expected = shape.reduce((a, b) => a * b, elementBytes)
  const there = bytes.byteLength - dataAt
  if (expected !== there)
    throw corrupt(`expected ${expected} bytes for shape (${shape.join(', ')}) of ${dtype}, got ${there}`)
  return { ...header, data: bytes.subarray(dataAt) }
}

/** The elements row by row, in the byte order of the file; a copy only where they lie column by column. */
export const rowMajor = ({ shape, elementBytes, order, data }: NpyFile): Uint8Array =>
  order === 'C' ? data : copyElements(data, elementBytes, viewOf(shape, order))

function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
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
  return { ...parseType(descr.slice(1, -1)), order: order === 'True' ? 'F' : 'C', shape: parseShape(shape) }
}

function parseType(dtype: string): Pick<Header, 'dtype' | 'elementBytes'> {
  if (!plainType.test(dtype)) {
    const what = /^.?O/.test(dtype) ? 'objects (a pickle)' : JSON.stringify(dtype.slice(0, 20))
    throw new TensorError(
      'dtype',
      `expected floats, integers or booleans in the array, got ${what}: use astype('float32')`,
    )
  }
  return { dtype, elementBytes: Number(dtype.slice(2)) }
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

/** Elements, row by row and in the byte order of their type, as an NPY 1.0 file. Its memory is its own, and can be moved. */
export function npyFile({
  shape,
  dtype,
  data,
}: Pick<NpyFile, 'shape' | 'dtype' | 'data'>): Buffer<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`
  // the data begin at a multiple of 64 bytes
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10
  const file = Buffer.allocUnsafeSlow(10 + length + data.byteLength)
  file.write('\x93NUMPY\x01\x00', 'latin1')
  file.writeUInt16LE(length, 8)
  file.write(`${dictionary.padEnd(length - 1)}\n`, 10, 'latin1')
  file.set(data, 10 + length)
  return file
}
