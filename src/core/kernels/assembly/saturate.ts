import { SaturateArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit } from './unit'

/** One row; columns are elements. */
export function saturateKernel(pointer: usize, unit: i32): void {
  const args = changetype<SaturateArgs>(pointer)
  openUnit(unit, 1, args.length, args.rowsPerUnit, args.columnsPerUnit)
  const low = f32x4.splat(args.low)
  const high = f32x4.splat(args.high)
  let i = columnBegin
  for (; i + 4 <= columnEnd; i += 4) {
    v128.store(args.out + (i << 2), saturated(v128.load(args.x + (i << 2)), low, high))
  }
  for (; i < columnEnd; i++) {
    v128.store32_lane(args.out + (i << 2), saturated(v128.load32_zero(args.x + (i << 2)), low, high), 0)
  }
}

/** Rounded, halves away from zero, and clamped; NaN is 0 before that. */
// @ts-ignore: decorator
@inline
function saturated(x: v128, low: v128, high: v128): v128 {
  const number = v128.and(x, f32x4.eq(x, x))
  const whole = f32x4.trunc(number)
  const sign = v128.and(number, f32x4.splat(-0.0))
  const half = f32x4.ge(f32x4.abs(f32x4.sub(number, whole)), f32x4.splat(0.5))
  const away = v128.and(half, v128.or(f32x4.splat(1), sign))
  return f32x4.pmax(low, f32x4.pmin(high, f32x4.add(whole, away)))
}
