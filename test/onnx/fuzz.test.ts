import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../src/core/passes/index.ts'
import { importOnnx, inspectOnnx, OnnxError } from '../../src/onnx/index.ts'
import { floats, longs, onnxFile } from './build.ts'

/** A small network with what files have: weights, shape arithmetic, pools, a softmax. */
const small = onnxFile({
  nodes: [
    {
      op: 'Conv',
      inputs: ['x', 'w', 'b'],
      outputs: ['c'],
      attributes: { pads: [1, 1, 1, 1], strides: [1, 1] },
    },
    { op: 'Clip', inputs: ['c', 'low', 'high'], outputs: ['r'] },
    {
      op: 'MaxPool',
      inputs: ['r'],
      outputs: ['p'],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    },
    { op: 'Shape', inputs: ['p'], outputs: ['s'] },
    { op: 'Gather', inputs: ['s', 'zero'], outputs: ['n'] },
    { op: 'Concat', inputs: ['n', 'rest'], outputs: ['to'], attributes: { axis: 0 } },
    { op: 'Reshape', inputs: ['p', 'to'], outputs: ['f'] },
    { op: 'Slice', inputs: ['f', 'zero', 'ten', 'one'], outputs: ['part'] },
    { op: 'Gemm', inputs: ['part', 'm'], outputs: ['g'], attributes: { transB: 1, alpha: 0.5 } },
    { op: 'Softmax', inputs: ['g'], outputs: ['y'], attributes: { axis: -1 } },
  ],
  initializers: [
    floats(
      'w',
      [3, 1, 3, 3],
      Array.from({ length: 27 }, (_, i) => i / 27),
    ),
    floats('b', [3], [1, 2, 3]),
    floats('low', [], [0]),
    floats('high', [], [6]),
    floats(
      'm',
      [2, 10],
      Array.from({ length: 20 }, (_, i) => i / 20),
    ),
    longs('zero', [0]),
    longs('one', [1]),
    longs('ten', [10]),
    longs('rest', [-1]),
  ],
})

/** Reads the file and brings it into canonical form, or refuses it with a sentence; any other error is a bug and passes through. */
function readOrRefuse(bytes: Uint8Array): 'read' | 'refused' {
  try {
    inspectOnnx(bytes)
    canonical(importOnnx(bytes).graph)
    return 'read'
  } catch (error) {
    if (error instanceof OnnxError && error.message.length > 10) return 'refused'
    throw error
  }
}

describe('damaged files are read or refused, and nothing else', () => {
  it('reads the undamaged file', () => {
    expect(readOrRefuse(small)).toBe('read')
  })

  it('with bytes overwritten', () => {
    const place = fc.tuple(fc.nat(small.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 8 }), (places) => {
        const bytes = small.slice()
        for (const [at, value] of places) bytes[at] = value
        readOrRefuse(bytes)
      }),
      { numRuns: 3000 },
    )
  })

  it('with a piece cut out or repeated', () => {
    fc.assert(
      fc.property(fc.nat(small.length), fc.nat(small.length), fc.boolean(), (a, b, repeat) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const tail = repeat ? from : to
        readOrRefuse(Buffer.concat([small.subarray(0, repeat ? to : from), small.subarray(tail)]))
      }),
      { numRuns: 1000 },
    )
  })

  it('of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readOrRefuse(bytes)).toBe('refused')
      }),
      { numRuns: 1000 },
    )
  })

  it('cut off anywhere', () => {
    for (let length = 0; length < small.length; length++) readOrRefuse(small.subarray(0, length))
  })

  it('a real file, cut off at many places', () => {
    const real = readFileSync('models/efficientnet-lite0/model.onnx')
    for (let i = 0; i < 40; i++)
      expect(readOrRefuse(real.subarray(0, Math.floor((real.length * i) / 40)))).toBe('refused')
  })
})
