import { shortestFloat } from './shortest-float.ts'

declare global {
  // ES2026, in Node since 22; TypeScript's library does not know it yet
  interface JSON {
    rawJSON(text: string): object
  }
}

/** KServe V2's names of the types we write and read. 64-bit integers must lie within ±2⁵³. */
export const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP32',
  'FP64',
] as const
/** See `DATATYPES`. */
export type Datatype = (typeof DATATYPES)[number]

const datatypes: ReadonlyMap<string, Datatype> = new Map([
  ['b1', 'BOOL'],
  ['u1', 'UINT8'],
  ['u2', 'UINT16'],
  ['u4', 'UINT32'],
  ['u8', 'UINT64'],
  ['i1', 'INT8'],
  ['i2', 'INT16'],
  ['i4', 'INT32'],
  ['i8', 'INT64'],
  ['f2', 'FP32'],
  ['f4', 'FP32'],
  ['f8', 'FP64'],
])

/** What holds NumPy's type exactly: halves go as FP32, all others under their own name. */
export function datatypeOf(dtype: string): Datatype {
  const datatype = datatypes.get(dtype.slice(1))
  if (!datatype) throw new TypeError(`no datatype for elements of type ${dtype}`)
  return datatype
}

/** An element in JSON; an object where `JSON.stringify` would lose it: −0 is a `JSON.rawJSON`. */
type JsonElement = number | boolean | null | object
/** Elements in lists in lists, one level for each dimension. */
export type NestedData = JsonElement | readonly NestedData[]

/** A tensor as KServe V2 writes it. */
export interface TensorJson {
  readonly shape: readonly number[]
  readonly datatype: Datatype
  /** nested row by row; a scalar is a list of one */
  readonly data: NestedData
}

const minusZero = JSON.rawJSON('-0')

/** How an element is written: NaN and infinities, which JSON does not have, are null. */
function elementWriter(datatype: Datatype): (value: number) => JsonElement {
  if (datatype === 'BOOL') return (value) => value !== 0
  const digits =
    datatype === 'FP32' ? (value: number) => shortestFloat(Math.fround(value)) : (value: number) => value
  return (value) =>
    value === 0 ? (Object.is(value, -0) ? minusZero : 0) : Number.isFinite(value) ? digits(value) : null
}

/**
 * A tensor for an answer; hand it to `JSON.stringify`. FP32 numbers print with the fewest digits that read back to the
 * same float, −0 included. NaN and infinities become null. The default datatype follows the data: FP32 or FP64.
 */
export function tensorToJson(
  {
    shape,
    data,
  }: {
    readonly shape: readonly number[]
    readonly data: Float32Array | Float64Array | Uint8Array | Uint16Array | Int16Array
  },
  datatype: Datatype = data instanceof Float32Array ? 'FP32' : 'FP64',
): TensorJson {
  const write = elementWriter(datatype)
  let at = 0
  const nest = (axis: number): NestedData =>
    Array.from({ length: shape[axis] ?? 1 }, () =>
      axis + 1 < shape.length ? nest(axis + 1) : write(data[at++] ?? 0),
    )
  return { shape, datatype, data: nest(0) }
}
