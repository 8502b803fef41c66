import { FMA } from './generated/options'

/*
 * One instruction each, where f32x4.min and max take several to be exact about NaN.
 */

/** The smaller one of each lane; not defined for NaN. */
// @ts-ignore: decorator
@inline
export function smaller(a: v128, b: v128): v128 {
  if (FMA) return f32x4.relaxed_min(a, b)
  return f32x4.pmin(a, b)
}

/** The larger one of each lane; not defined for NaN. */
// @ts-ignore: decorator
@inline
export function larger(a: v128, b: v128): v128 {
  if (FMA) return f32x4.relaxed_max(a, b)
  return f32x4.pmax(a, b)
}
