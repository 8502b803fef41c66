import { describe, expect, it } from 'vitest'
import { TensorError } from '../../src/imaging/errors.ts'
import { parseTensorJson, readTensorJson } from '../../src/imaging/read-tensor-json.ts'

describe('parseTensorJson', () => {
  it.each([
    [
      'nested',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ['flat', [1, 2, 3, 4, 5, 6]],
  ])('reads %s data', (_, data) => {
    const tensor = parseTensorJson({ shape: [2, 3], datatype: 'FP32', data })
    expect(tensor).toEqual({ shape: [2, 3], datatype: 'FP32', data: Float32Array.of(1, 2, 3, 4, 5, 6) })
  })

  it('reads integers as doubles and booleans as 0 and 1', () => {
    expect(parseTensorJson({ shape: [2], datatype: 'INT64', data: [-5, 2 ** 40] }).data).toEqual(
      Float64Array.of(-5, 2 ** 40),
    )
    expect(parseTensorJson({ shape: [2], datatype: 'BOOL', data: [true, false] }).data).toEqual(
      Float64Array.of(1, 0),
    )
  })

  it('reads a scalar and an empty tensor', () => {
    expect(parseTensorJson({ shape: [], datatype: 'FP64', data: [3] }).data).toEqual(Float64Array.of(3))
    expect(parseTensorJson({ shape: [0, 4], datatype: 'FP32', data: [] }).data).toHaveLength(0)
  })

  const tensor = { shape: [2, 2], datatype: 'FP32', data: [1, 2, 3, 4] }
  it.each<[string, unknown, string, RegExp]>([
    ['null', null, 'corrupt', /expected a JSON object/],
    ['a list', [1], 'corrupt', /expected a JSON object/],
    ['no datatype', { shape: [1], data: [1] }, 'corrupt', /expected a JSON object/],
    ['an unknown datatype', { ...tensor, datatype: 'FP8' }, 'dtype', /got "FP8"/],
    ['a datatype of the prototype', { ...tensor, datatype: 'constructor' }, 'dtype', /constructor/],
    ['a negative size', { ...tensor, shape: [-1, 2] }, 'shape', /\[-1,2\]/],
    ['a shape that is no list', { ...tensor, shape: 4 }, 'shape', /got 4/],
    ['a huge shape', { ...tensor, shape: [1e9, 1e9] }, 'shape', /at most 16777216/],
    ['a shape beyond counting', { ...tensor, shape: [1e200, 1e200] }, 'shape', /at most 16777216/],
    ['too few elements', { ...tensor, data: [1, 2, 3] }, 'shape', /expected 4 elements.*got 3/],
    [
      'a ragged list',
      { ...tensor, data: [[1, 2], [3]] },
      'shape',
      /expected 2 elements in dimension 1.*got 1/,
    ],
    ['lists and numbers mixed', { ...tensor, data: [[1, 2], 3] }, 'shape', /dimension 1/],
    [
      'data too deep',
      {
        ...tensor,
        data: [
          [[1], 2],
          [3, 4],
        ],
      },
      'value',
      /got \[1\] at element 0/,
    ],
    ['data that is no list', { ...tensor, data: 'AAAA' }, 'shape', /expected a list/],
    ['text for a number', { ...tensor, data: [1, '2', 3, 4] }, 'value', /got "2" at element 1/],
    ['null for a number', { ...tensor, data: [1, 2, null, 4] }, 'value', /got null at element 2/],
    ['more than a float holds', { ...tensor, data: [1, 2, 3, 1e39] }, 'value', /1e\+39 at element 3/],
    ['a fraction in INT8', { ...tensor, datatype: 'INT8', data: [1, 2, 3, 0.5] }, 'value', /INT8/],
    ['256 in UINT8', { ...tensor, datatype: 'UINT8', data: [1, 2, 3, 256] }, 'value', /got 256/],
    ['2 in BOOL', { ...tensor, datatype: 'BOOL', data: [1, 0, 1, 2] }, 'value', /BOOL/],
  ])('refuses %s', (_, json, kind, message) => {
    let error: unknown
    try {
      parseTensorJson(json)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(TensorError)
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) })
  })
})

describe('readTensorJson', () => {
  const read = (text: string) => readTensorJson(Buffer.from(text), { maxLists: 4 })

  it('reads the text of a tensor, whatever else the object holds', () => {
    const { shape, data } = read('{"name":"input","shape":[1,2],"datatype":"FP32","data":[[1,-0.5]]}')
    expect([shape, data]).toEqual([[1, 2], Float32Array.of(1, -0.5)])
  })

  it.each([
    ['text that is not JSON', '{"shape":[1],"datatype":"FP32","data":[NaN]}', /not JSON/],
    ['something else', 'GIF89a', /got something else/],
    ['more lists than it may have', '{"data":[[[[[]]]]]}', /at most 4 lists/],
    ['many objects', `{"data":[${'{},'.repeat(20)}{}]}`, /much else/],
    ['many texts', `{"data":[${'"a",'.repeat(40)}"a"]}`, /much else/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(TensorError)
    expect(() => read(text)).toThrow(message)
  })
})
