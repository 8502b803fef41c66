import type { DType, Tensor } from '../core/ir/tensor.ts'
import { malformed, unsupported } from './errors.ts'
import { MAX_RANK } from './folding-builder.ts'
import type { OnnxTensor } from './model.ts'

type Numbers = Float32Array | Float64Array

/** How a TensorProto.DataType is stored and what it becomes. `list`: the typed field, where `raw_data` is not used. */
interface Storage {
  readonly dtype: DType
  readonly bytes: number
  /** float32 stays a view of the file, everything else is converted */
  readonly raw: (buffer: ArrayBufferLike, offset: number, count: number) => Numbers
  readonly list: (tensor: OnnxTensor) => readonly number[]
  /** from the list's bit patterns */
  readonly decode?: (bits: number) => number
}

const asFloats = (view: Iterable<number>): Float32Array => Float32Array.from(view)
const asDoubles = (view: Iterable<number>): Float64Array => Float64Array.from(view)
const fromBfloat16 = (words: Iterable<number>): Float32Array =>
  new Float32Array(Uint32Array.from(words, (bits) => bits << 16).buffer)
const int32s = ({ int32s }: OnnxTensor) => int32s
const int64s = ({ int64s }: OnnxTensor) => int64s

const float32: Storage = {
  dtype: 'float',
  bytes: 4,
  raw: (...at) => new Float32Array(...at),
  list: ({ floats }) => floats,
}
const float64: Storage = {
  dtype: 'float',
  bytes: 8,
  raw: (...at) => asDoubles(new Float64Array(...at)),
  list: ({ doubles }) => doubles,
}
const float16: Storage = {
  dtype: 'float',
  bytes: 2,
  raw: (...at) => asFloats(new Float16Array(...at)),
  list: int32s,
  decode: (bits) => new Float16Array(Uint16Array.of(bits).buffer)[0] ?? 0,
}
const bfloat16: Storage = {
  dtype: 'float',
  bytes: 2,
  raw: (...at) => fromBfloat16(new Uint16Array(...at)),
  list: int32s,
  decode: (bits) => fromBfloat16([bits])[0] ?? 0,
}
const integer = (bytes: number, raw: Storage['raw'], list: Storage['list'] = int32s): Storage => ({
  dtype: 'int',
  bytes,
  raw,
  list,
})
const bool: Storage = {
  dtype: 'bool',
  bytes: 1,
  raw: (...at) => Float64Array.from(new Uint8Array(...at), (v) => (v === 0 ? 0 : 1)),
  list: int32s,
  decode: (v) => (v === 0 ? 0 : 1),
}

/** By number of TensorProto.DataType. */
const storages: ReadonlyMap<number, Storage> = new Map([
  [1, float32],
  [2, integer(1, (...at) => asDoubles(new Uint8Array(...at)))],
  [3, integer(1, (...at) => asDoubles(new Int8Array(...at)))],
  [4, integer(2, (...at) => asDoubles(new Uint16Array(...at)))],
  [5, integer(2, (...at) => asDoubles(new Int16Array(...at)))],
  [6, integer(4, (...at) => asDoubles(new Int32Array(...at)))],
  [7, integer(8, (...at) => Float64Array.from(new BigInt64Array(...at), Number), int64s)],
  [9, bool],
  [10, float16],
  [11, float64],
  [12, integer(4, (...at) => asDoubles(new Uint32Array(...at)), int64s)],
  [13, integer(8, (...at) => Float64Array.from(new BigUint64Array(...at), Number), int64s)],
  [16, bfloat16],
])

/** What a TensorProto.DataType becomes here; undefined for those that are not read (text, complex, 8 bit floats, …). */
export const dtypeOf = (dataType: number): DType | undefined => storages.get(dataType)?.dtype

/** The product of the dimensions, however large: nothing is allocated for it yet. */
function elementCount(dims: readonly number[], what: string): number {
  if (dims.length > MAX_RANK)
    throw unsupported(`${what} has ${dims.length} axes; at most ${MAX_RANK} are read`)
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
    throw malformed(`${what} has the impossible shape [${dims}]`)
  return dims.reduce((a, b) => a * b, 1)
}

/**
 * A TensorProto as numbers: float32 and half floats in a Float32Array (float32 a view of the file where it is aligned), the
 * others in a Float64Array. The shape is compared with the bytes that are there before anything is allocated. Throws OnnxError.
 */
export function readTensor(source: OnnxTensor, what = `the tensor ${source.name || '(unnamed)'}`): Tensor {
  if (source.external) throw unsupported(`${what} is kept in another file; export the model as one file`)
  const storage = storages.get(source.dataType)
  if (!storage) throw unsupported(`${what} has the data type ${source.dataType}, which is not read`)
  const count = elementCount(source.dims, what)
  const hasRaw = source.raw !== undefined && source.raw.byteLength > 0
  const data = hasRaw ? readRaw(source, storage, count, what) : readList(source, storage, count, what)
  return { shape: source.dims, dtype: storage.dtype, data }
}

function readRaw({ raw, dims }: OnnxTensor, storage: Storage, count: number, what: string): Numbers {
  const bytes = raw ?? new Uint8Array()
  if (bytes.byteLength !== count * storage.bytes)
    throw malformed(
      `${what} of shape [${dims}] needs ${count * storage.bytes} bytes, the file has ${bytes.byteLength}`,
    )
  const { buffer, byteOffset } = bytes.byteOffset % storage.bytes === 0 ? bytes : new Uint8Array(bytes)
  return storage.raw(buffer, byteOffset, count)
}

function readList(source: OnnxTensor, storage: Storage, count: number, what: string): Numbers {
  const list = storage.list(source)
  if (list.length !== count)
    throw malformed(`${what} of shape [${source.dims}] needs ${count} numbers, the file has ${list.length}`)
  const numbers = storage.decode ? list.map(storage.decode) : list
  return storage.dtype === 'float' && storage.bytes < 8 ? asFloats(numbers) : asDoubles(numbers)
}
