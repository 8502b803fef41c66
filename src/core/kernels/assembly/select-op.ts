/** condition ≠ 0 ? a : b, lane by lane; NaN counts as true. */
// @ts-ignore: decorator
@inline
export function choose(condition: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, f32x4.ne(condition, f32x4.splat(0)))
}
