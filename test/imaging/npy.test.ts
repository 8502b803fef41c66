import { describe, expect, it } from 'vitest'
import { TensorError } from '../../src/imaging/errors.ts'
import { findNonFinite, type NpyNumbers, readNpy, writeNpy } from '../../src/imaging/npy.ts'
import { fixture, fromBase64 } from './fixtures.ts'

interface NpyCase {
  readonly name: string
  readonly file: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly values: readonly number[]
}

/** An NPY file of any header, however wrong. */
function npy(
  header: string,
  data: Uint8Array = new Uint8Array(0),
  version = 1,
  length = header.length,
): Buffer {
  const head = Buffer.alloc(version === 1 ? 10 : 12)
  head.write('\x93NUMPY', 'latin1')
  head[6] = version
  if (version === 1) head.writeUInt16LE(length, 8)
  else head.writeUInt32LE(length, 8)
  return Buffer.concat([head, Buffer.from(header, 'latin1'), data])
}
const headerOf = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`

describe('readNpy', () => {
  it.each(fixture<readonly NpyCase[]>('npy').cases)('reads what numpy.save writes: $name', (row) => {
    const { shape, dtype, data } = readNpy(fromBase64(row.file))
    expect(shape).toEqual(row.shape)
    expect(dtype).toBe(row.dtype)
    expect([...data]).toEqual(row.values)
  })

  it('reads from an odd offset of a larger buffer', () => {
    const file = writeNpy({ shape: [2], data: Float32Array.of(1.5, -2) })
    expect([...readNpy(Buffer.concat([Buffer.alloc(3), file]).subarray(3)).data]).toEqual([1.5, -2])
  })

  it('takes the entries of the header in any order', () => {
    const header = "{'shape': (1,), 'fortran_order': False, 'descr': '|u1'}"
    expect(readNpy(npy(header, Uint8Array.of(7)))).toMatchObject({ shape: [1], data: Float64Array.of(7) })
  })

  it('keeps NaN and infinities', () => {
    const data = Float32Array.of(NaN, Infinity, -Infinity, -0)
    expect(readNpy(writeNpy({ shape: [4], data })).data).toEqual(data)
  })

  const four = new Uint8Array(4)
  it.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', Buffer.alloc(0), 'corrupt', /expected an NPY file/],
    ['text', Buffer.from('this is no array at all'), 'corrupt', /expected an NPY file/],
    ['only the magic', Buffer.from('\x93NUMPY', 'latin1'), 'corrupt', /expected an NPY file/],
    ['version 4', npy('', four, 4), 'corrupt', /version 1, 2 or 3, got 4/],
    ['a header longer than the file', npy("{'descr'", undefined, 1, 60_000), 'corrupt', /header of at most/],
    ['a header of 4 GB', npy("{'descr'", undefined, 2, 0xffffffff), 'corrupt', /header of at most/],
    ['a version 2 cut off before its length', npy('', undefined, 2).subarray(0, 11), 'corrupt', /header/],
    ['no dictionary', npy('[1, 2]', four), 'corrupt', /dictionary/],
    ['a missing entry', npy("{'descr': '<f4', 'shape': (1,), }", four), 'corrupt', /fortran_order/],
    [
      'entries of the wrong kind',
      npy("{'descr': True, 'fortran_order': '<f4', 'shape': (1,)}", four),
      'corrupt',
      /descr/,
    ],
    [
      'code in the header',
      npy("{'descr': '<f4', 'fortran_order': __import__('os'), 'shape': (1,)}", four),
      'corrupt',
      /descr/,
    ],
    ['pickled objects', npy(headerOf("'|O'", '(1,)'), four), 'dtype', /objects \(a pickle\).*astype/],
    ['a structured array', npy(headerOf("[('x', '<f4')]", '(1,)'), four), 'dtype', /structured/],
    ['complex numbers', npy(headerOf("'<c8'", '(1,)'), new Uint8Array(8)), 'dtype', /"<c8"/],
    ['text elements', npy(headerOf("'<U1'", '(1,)'), four), 'dtype', /"<U1"/],
    ['a type from the prototype', npy(headerOf("'<constructor'", '(1,)'), four), 'dtype', /constructor/],
    [
      'a negative dimension',
      npy(headerOf("'<f4'", '(-1, 3, 224, 224)'), four),
      'shape',
      /sizes from 0 up in the shape, got -1 in \(-1, 3, 224, 224\)/,
    ],
    ['a fractional dimension', npy(headerOf("'<f4'", '(1.5,)'), four), 'corrupt', /shape/],
    ['a dimension of two numbers', npy(headerOf("'<f4'", '(1 5,)'), four), 'corrupt', /whole numbers/],
    [
      'a shape that lies',
      npy(headerOf("'<f4'", '(1000000, 1000000)'), four),
      'corrupt',
      /expected 4000000000000 bytes/,
    ],
    [
      'a shape beyond counting',
      npy(headerOf("'<f4'", '(99999999999999999999, 3, 224, 224)'), four),
      'shape',
      /a shape that a file can hold, got \(99999999999999999999, 3, 224, 224\)/,
    ],
    ['too many dimensions', npy(headerOf("'<f4'", `(${'1, '.repeat(65)})`), four), 'shape', /64 dimensions/],
    ['too few bytes', npy(headerOf("'<f4'", '(2,)'), four), 'corrupt', /expected 8 bytes.*got 4/],
    ['too many bytes', npy(headerOf("'<f4'", '()'), new Uint8Array(5)), 'corrupt', /expected 4 bytes.*got 5/],
    ['an integer beyond 2^53', npy(headerOf("'<u8'", '(1,)'), new Uint8Array(8).fill(255)), 'value', /2\^53/],
  ])('refuses %s', (_, file, kind, message) => {
    let error: unknown
    try {
      readNpy(file)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(TensorError)
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) })
  })
})

describe('writeNpy', () => {
  it.each<[number[], Float32Array | Float64Array]>([
    [[], Float32Array.of(0.1)],
    [[3], Float64Array.of(0.1, -0, 1e300)],
    [[1, 2, 2], Float32Array.of(1, 2, 3, 4)],
    [[0, 3], new Float32Array(0)],
  ])('writes shape %j so that it reads back', (shape, data) => {
    const file = writeNpy({ shape, data })
    expect((file.length - data.byteLength) % 64).toBe(0)
    expect(readNpy(file)).toMatchObject({ shape, data })
  })

  const fileOf = (wanted: string) =>
    fixture<readonly NpyCase[]>('npy').cases.find(({ name }) => name === wanted)?.file
  const signed = [0, 1, -2, 3, 0, 100, 7, -8, 9, 10, 11, 12]
  const unsigned = signed.map(Math.abs)

  it.each<[string, NpyNumbers]>([
    ['|i1 in C order', Int8Array.from(signed)],
    ['<i2 in C order', Int16Array.from(signed)],
    ['<i4 in C order', Int32Array.from(signed)],
    ['<i8 in C order', BigInt64Array.from(signed, BigInt)],
    ['|u1', Uint8Array.from(unsigned)],
    ['<u2', Uint16Array.from(unsigned)],
    ['<u8', BigUint64Array.from(unsigned, BigInt)],
  ])('writes numpy.save’s own bytes of %s', (name, data) => {
    expect(writeNpy({ shape: [2, 2, 3], data }).toString('base64')).toBe(fileOf(name))
  })

  it('writes numpy.save’s own bytes of a vector', () => {
    const written = writeNpy({ shape: [5], data: Float32Array.of(0, 1, 2, 3, 4) })
    expect(written.toString('base64')).toBe(fileOf('a vector'))
  })

  it('writes a part of a larger array', () => {
    expect(readNpy(writeNpy({ shape: [2], data: Uint16Array.of(1, 2, 65535).subarray(1) }))).toMatchObject({
      dtype: '<u2',
      data: Float64Array.of(2, 65535),
    })
  })
})

describe('findNonFinite', () => {
  it('says what is where', () => {
    expect(findNonFinite({ shape: [1, 2, 3], data: [0, 1, 2, 3, NaN, 5] })).toBe(
      'expected finite numbers, got NaN at [0, 1, 1]',
    )
    expect(findNonFinite({ shape: [2], data: [-Infinity, NaN] })).toBe(
      'expected finite numbers, got -Infinity at [0]',
    )
  })
  it('says nothing of finite numbers', () => {
    expect(findNonFinite({ shape: [2], data: [0, 1e300] })).toBeUndefined()
  })
})
