/** How a picture goes on beyond its edges. */
export const BOUNDARY_RULES = ['symmetric', 'replicate', 'circular', 'mirror'] as const
export type BoundaryRule = (typeof BOUNDARY_RULES)[number]

/**
 * A number all around, or a rule: symmetric cba|abc|cba (SciPy: reflect, OpenCV: REFLECT), replicate aaa|abc|ccc (nearest,
 * REPLICATE), circular abc|abc|abc (wrap, WRAP), mirror dcb|abcd|cba (mirror, REFLECT_101).
 */
export type Boundary = number | BoundaryRule

/**
 * The place within 0 … n−1 that place `i` shows, at any distance; −1 for the number around. A rule repeats itself for ever;
 * a single row or column mirrors itself.
 */
export function placeOf(i: number, n: number, boundary: Boundary): number {
  if (i >= 0 && i < n) return i
  if (typeof boundary === 'number') return -1
  const modulo = (period: number) => ((i % period) + period) % period
  switch (boundary) {
    case 'replicate':
      return i < 0 ? 0 : n - 1
    case 'circular':
      return modulo(n)
    case 'symmetric': {
      const at = modulo(2 * n)
      return at < n ? at : 2 * n - 1 - at
    }
    case 'mirror': {
      if (n === 1) return 0
      const at = modulo(2 * n - 2)
      return at < n ? at : 2 * n - 2 - at
    }
  }
}
