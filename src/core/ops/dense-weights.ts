import type { Value } from '../ir/graph.ts'
import type { ColumnPacking, PackedRef } from '../plan/lowering.ts'
import { imageShape } from './window.ts'

/** Whether weights carry channels to filters, or what comes back from filters to channels. */
export type Direction = 'conv' | 'adjoint'

/** As kernels have it. */
export const isTransposed = (direction: Direction): 0 | 1 => (direction === 'conv' ? 0 : 1)

/** A dense convolution's weights (M, C/groups, KH, KW) as its kernels read them. In the adjoint M and C change roles. */
export function denseWeights(
  w: Value,
  groups: number,
  direction: Direction,
): PackedRef & { readonly packing: ColumnPacking } {
  const [rows, perGroup, kh, kw] = imageShape(w.shape, 'w')
  const taps = kh * kw
  const rowStride = perGroup * taps
  const shared = {
    kind: 'columns',
    offset: 0,
    groups,
    taps,
    groupStride: (rows / groups) * rowStride,
    tapStride: 1,
  } as const
  const packing: ColumnPacking =
    direction === 'conv'
      ? { ...shared, k: perGroup, n: rows / groups, kStride: taps, nStride: rowStride }
      : { ...shared, k: rows / groups, n: perGroup, kStride: rowStride, nStride: taps }
  return { source: w, packing }
}
