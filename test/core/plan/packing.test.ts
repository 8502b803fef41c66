import { expect, it } from 'vitest'
import type { ColumnPacking } from '../../../src/core/plan/lowering.ts'
import { pack, packedLength, unpackColumns } from '../../../src/core/plan/packing.ts'

const matrix = { kind: 'columns', offset: 0, groups: 1, taps: 1, groupStride: 0, tapStride: 0 } as const

it.each<[string, ColumnPacking]>([
  ['a matrix by columns', { ...matrix, k: 40, n: 37, kStride: 1, nStride: 40 }],
  ['a matrix by rows', { ...matrix, k: 5, n: 48, kStride: 48, nStride: 1 }],
  [
    'a grouped window',
    { ...matrix, groups: 2, taps: 9, k: 3, n: 5, groupStride: 135, tapStride: 1, kStride: 9, nStride: 27 },
  ],
])('unpacks what was packed, bit for bit: %s', (_, packing) => {
  const numbers = Float32Array.from(
    { length: packing.groups * packing.taps * packing.k * packing.n },
    (_, i) => Math.sin(i),
  )
  numbers[1] = -0
  const packed = new Float32Array(packedLength(packing))
  pack(numbers, packing, packed)
  const out = new Float32Array(numbers.length).fill(Number.NaN)
  unpackColumns(packed, packing, out)
  expect(Buffer.from(out.buffer)).toEqual(Buffer.from(numbers.buffer))
})
