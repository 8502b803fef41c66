import { SelectArgs } from './generated/args'
import { selectRow } from './generated/elementwise'
import { entry, outerRows, rowOffset } from './strided'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Rows are all axes but the last; columns are its elements. */
export function selectKernel(pointer: usize, unit: i32): void {
  const args = changetype<SelectArgs>(pointer)
  const dims = pointer + offsetof<SelectArgs>('dims0')
  const conditionStrides = pointer + offsetof<SelectArgs>('conditionStrides0')
  const aStrides = pointer + offsetof<SelectArgs>('aStrides0')
  const bStrides = pointer + offsetof<SelectArgs>('bStrides0')
  const columns = entry(dims, 5)
  openUnit(unit, outerRows(dims), columns, args.rowsPerUnit, args.columnsPerUnit)
  const conditionStride = entry(conditionStrides, 5)
  const aStride = entry(aStrides, 5)
  const bStride = entry(bStrides, 5)
  const count = columnEnd - columnBegin
  for (let row = rowBegin; row < rowEnd; row++) {
    const condition =
      args.condition + ((rowOffset(row, dims, conditionStrides) + columnBegin * conditionStride) << 2)
    const a = args.a + ((rowOffset(row, dims, aStrides) + columnBegin * aStride) << 2)
    const b = args.b + ((rowOffset(row, dims, bStrides) + columnBegin * bStride) << 2)
    const out = args.out + ((row * columns + columnBegin) << 2)
    selectRow(condition, conditionStride, a, aStride, b, bStride, out, count, 0, 0)
  }
}
