import { endianness } from 'node:os'
import { TensorError } from './errors.ts'
import { type NpyFile, npyFile, openNpy, rowMajor } from './npy-file.ts'

/** An array as read: row-major whatever the file's order, native endianness. */
export interface NpyArray {
  readonly shape: readonly number[]
  /** the file's own name of the type, such as `<f4` */
  readonly dtype: string
  /** float32 for f2 and f4, else doubles: exact, integers beyond 2⁵³ are refused */
  readonly data: Float32Array | Float64Array
}

type ElementReader = (view: DataView, at: number, little: boolean) => number

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number))
    throw new TensorError('value', `expected integers within ±2^53 in the array, got ${value}`)
  return number
}

const readers: ReadonlyMap<string, ElementReader> = new Map<string, ElementReader>([
  ['f2', (view, at, little) => view.getFloat16(at, little)],
  ['f4', (view, at, little) => view.getFloat32(at, little)],
  ['f8', (view, at, little) => view.getFloat64(at, little)],
  ['b1', (view, at) => view.getUint8(at)],
  ['u1', (view, at) => view.getUint8(at)],
  ['i1', (view, at) => view.getInt8(at)],
  ['u2', (view, at, little) => view.getUint16(at, little)],
  ['i2', (view, at, little) => view.getInt16(at, little)],
  ['u4', (view, at, little) => view.getUint32(at, little)],
  ['i4', (view, at, little) => view.getInt32(at, little)],
  ['u8', (view, at, little) => safe(view.getBigUint64(at, little))],
  ['i8', (view, at, little) => safe(view.getBigInt64(at, little))],
])

/** Reads what `openNpy` opens, as numbers. Throws `TensorError`: what `openNpy` throws, and `value`. */
export const readNpy = (bytes: Uint8Array): NpyArray => numbersOf(openNpy(bytes))

/** The numbers of an open file. Throws `TensorError` `value`. */
export function numbersOf(file: NpyFile): NpyArray {
  const { shape, dtype } = file
  const type = dtype.slice(1)
  const element = readers.get(type)
  if (!element) throw new TypeError(`no reader for elements of type ${dtype}`)
  const elements = rowMajor(file)
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength)
  const little = !dtype.startsWith('>')
  const count = elements.byteLength / file.elementBytes
  const data = type === 'f4' || type === 'f2' ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) data[i] = element(view, i * file.elementBytes, little)
  return { shape, dtype, data }
}

/** Numbers of a type that NumPy has too. */
export type NpyNumbers =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array

const dtypes: { readonly [Name in NpyNumbers[typeof Symbol.toStringTag]]: string } = {
  Float32Array: '<f4',
  Float64Array: '<f8',
  Uint8Array: '|u1',
  Uint16Array: '<u2',
  Uint32Array: '<u4',
  BigUint64Array: '<u8',
  Int8Array: '|i1',
  Int16Array: '<i2',
  Int32Array: '<i4',
  BigInt64Array: '<i8',
}

/** Row-major numbers as an NPY 1.0 file, of the type of their array. */
export function writeNpy({
  shape,
  data,
}: {
  readonly shape: readonly number[]
  readonly data: NpyNumbers
}): Buffer {
  const dtype = dtypes[data[Symbol.toStringTag]]
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const littleEndian = endianness() === 'LE' ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT)
  return npyFile({ shape, dtype, data: littleEndian })
}

function swapped(bytes: Buffer, elementBytes: number): Buffer {
  if (elementBytes === 1) return bytes
  const copy = Buffer.from(bytes)
  return elementBytes === 2 ? copy.swap16() : elementBytes === 4 ? copy.swap32() : copy.swap64()
}

/** The first element that is NaN or infinite, as a sentence with its index; undefined when all are finite. */
export function findNonFinite(
  { shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  { isFloat32 = false } = {},
): string | undefined {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0
    if (!Number.isFinite(value))
      return `expected finite numbers, got ${value} at [${indexOf(i, shape).join(', ')}]`
    if (isFloat32 && !Number.isFinite(Math.fround(value)))
      return `expected numbers that float32 has, up to 3.4e38, got ${value} at [${indexOf(i, shape).join(', ')}]`
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
