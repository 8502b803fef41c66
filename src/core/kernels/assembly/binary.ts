import { BinaryArgs } from './generated/args'
import { binaryRow } from './generated/elementwise'
import { entry, outerRows, rowOffset } from './strided'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Rows are all axes but the last; columns are its elements. */
export function binaryKernel(pointer: usize, unit: i32): void {
  const args = changetype<BinaryArgs>(pointer)
  const dims = pointer + offsetof<BinaryArgs>('dims0')
  const aStrides = pointer + offsetof<BinaryArgs>('aStrides0')
  const bStrides = pointer + offsetof<BinaryArgs>('bStrides0')
  const columns = entry(dims, 5)
  openUnit(unit, outerRows(dims), columns, args.rowsPerUnit, args.columnsPerUnit)
  const aStride = entry(aStrides, 5)
  const bStride = entry(bStrides, 5)
  const count = columnEnd - columnBegin
  const lines = entry(dims, 4)
  let row = rowBegin
  while (row < rowEnd) {
    let a = args.a + ((rowOffset(row, dims, aStrides) + columnBegin * aStride) << 2)
    let b = args.b + ((rowOffset(row, dims, bStrides) + columnBegin * bStride) << 2)
    let out = args.out + ((row * columns + columnBegin) << 2)
    const end = min(rowEnd, row - (row % lines) + lines)
    for (; row < end; row++) {
      binaryRow(args.op, a, aStride, b, bStride, out, count, args.p, args.q)
      a += entry(aStrides, 4) << 2
      b += entry(bStrides, 4) << 2
      out += columns << 2
    }
  }
}
