import { pow as powLane } from './scalar-pow'

/*
 * The functions of `binaryOps`, of four lanes and the parameters p and q.
 */

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128, p: v128, q: v128): v128 {
  return f32x4.add(a, b)
}
// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128, p: v128, q: v128): v128 {
  return f32x4.sub(a, b)
}
// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128, p: v128, q: v128): v128 {
  return f32x4.mul(a, b)
}
// @ts-ignore: decorator
@inline
export function div(a: v128, b: v128, p: v128, q: v128): v128 {
  return f32x4.div(a, b)
}
export function pow(a: v128, b: v128, p: v128, q: v128): v128 {
  let y = f32x4.splat(powLane(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)))
  y = f32x4.replace_lane(y, 1, powLane(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)))
  y = f32x4.replace_lane(y, 2, powLane(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)))
  return f32x4.replace_lane(y, 3, powLane(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)))
}
// @ts-ignore: decorator
@inline
export function prelu(a: v128, b: v128, p: v128, q: v128): v128 {
  return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)))
}
// @ts-ignore: decorator
@inline
export function gate(a: v128, b: v128, p: v128, q: v128): v128 {
  return v128.and(a, v128.and(f32x4.lt(p, b), f32x4.lt(b, q)))
}
// @ts-ignore: decorator
@inline
export function equal(a: v128, b: v128, p: v128, q: v128): v128 {
  return v128.and(f32x4.eq(a, b), f32x4.splat(1))
}
