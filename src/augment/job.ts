import type { StridedView } from '../core/ir/shape.ts'

/** Samples that become one array: their views of one source, one after the other. */
export interface RotatePiece {
  readonly source: Uint8Array
  readonly elementBytes: number
  readonly views: readonly StridedView[]
  readonly as: PieceForm
}

/** What becomes of the elements: they stay, or become a file of NPY, or the text of a KServe tensor. */
export type PieceForm =
  | { readonly kind: 'elements' }
  | { readonly kind: 'npy' | 'json'; readonly shape: readonly number[]; readonly dtype: string }

/** What a worker is asked to move. Plain data: it crosses threads. */
export interface RotateJob {
  readonly kind: 'rotate'
  readonly pieces: readonly RotatePiece[]
}

/** The pieces in their order; text in UTF-8. */
export interface RotateResult {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[]
  readonly timings: { readonly rotate: number }
}
