import { AccumulateArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function accumulateKernel(pointer: usize, unit: i32): void {
  const args = changetype<AccumulateArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  const step = args.length << 2
  let column = columnBegin
  for (; column + 16 <= columnEnd; column += 16) {
    const total = args.total + (column << 2)
    let sum0 = v128.load(total)
    let sum1 = v128.load(total, 16)
    let sum2 = v128.load(total, 32)
    let sum3 = v128.load(total, 48)
    let x = args.x + (column << 2)
    for (let left = args.batch; left > 0; left--) {
      sum0 = f32x4.add(sum0, v128.load(x))
      sum1 = f32x4.add(sum1, v128.load(x, 16))
      sum2 = f32x4.add(sum2, v128.load(x, 32))
      sum3 = f32x4.add(sum3, v128.load(x, 48))
      x += step
    }
    const out = args.out + (column << 2)
    v128.store(out, sum3, 48)
    v128.store(out, sum2, 32)
    v128.store(out, sum1, 16)
    v128.store(out, sum0)
  }
  for (; column < columnEnd; column++) {
    let sum = load<f32>(args.total + (column << 2))
    let x = args.x + (column << 2)
    for (let left = args.batch; left > 0; left--) {
      sum += load<f32>(x)
      x += step
    }
    store<f32>(args.out + (column << 2), sum)
  }
}
