import { InterpolateArgs } from './generated/args'
import { madd } from './madd'
import { columnBegin, columnEnd, openUnit } from './unit'
import { limit } from './vector-math'

/** One row; columns are elements of a sample: what all samples are made of is read once. */
export function interpolateKernel(pointer: usize, unit: i32): void {
  const args = changetype<InterpolateArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  const step = args.length << 2
  const low = f32x4.splat(args.clampMin)
  const high = f32x4.splat(args.clampMax)
  let column = columnBegin
  for (; column + 16 <= columnEnd; column += 16) {
    const from = args.from + (column << 2)
    const way = args.way + (column << 2)
    const from0 = v128.load(from)
    const from1 = v128.load(from, 16)
    const from2 = v128.load(from, 32)
    const from3 = v128.load(from, 48)
    const way0 = v128.load(way)
    const way1 = v128.load(way, 16)
    const way2 = v128.load(way, 32)
    const way3 = v128.load(way, 48)
    let out = args.out + (column << 2)
    for (let n = 0; n < args.batch; n++) {
      const share = v128.load32_splat(args.shares + (n << 2))
      v128.store(out, limit(madd(way3, share, from3), low, high), 48)
      v128.store(out, limit(madd(way2, share, from2), low, high), 32)
      v128.store(out, limit(madd(way1, share, from1), low, high), 16)
      v128.store(out, limit(madd(way0, share, from0), low, high))
      out += step
    }
  }
  for (; column < columnEnd; column++) {
    const from = v128.load32_splat(args.from + (column << 2))
    const way = v128.load32_splat(args.way + (column << 2))
    let out = args.out + (column << 2)
    for (let n = 0; n < args.batch; n++) {
      const share = v128.load32_splat(args.shares + (n << 2))
      store<f32>(out, f32x4.extract_lane(limit(madd(way, share, from), low, high), 0))
      out += step
    }
  }
}
