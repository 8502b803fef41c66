import { CoreError } from '../errors.ts'

/** Static dimensions, outermost first. A dimension is a positive integer (or 0), or a multiple of `N`. */
export type Shape = readonly number[]

/**
 * The free batch size as a dimension. Encoded as −2³² so that k·N is k × N in plain arithmetic: products, exact
 * quotients and equality of shapes need no special case, and no real dimension collides. `bindBatch` replaces it.
 */
export const N = -(2 ** 32)

export const isSymbolic = (dim: number): boolean => dim < -1 && dim % N === 0

/** Number of elements; a multiple of `N` when the batch is free. */
export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

export const bindDim = (dim: number, batch: number): number => (isSymbolic(dim) ? (dim / N) * batch : dim)

export const bindShape = (shape: Shape, batch: number): Shape => shape.map((dim) => bindDim(dim, batch))

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** `[N,3,224,224]`, as printed in graphs and messages. */
export const formatShape = (shape: Shape): string =>
  `[${shape.map((d) => (isSymbolic(d) ? (d === N ? 'N' : `${d / N}N`) : `${d}`)).join(',')}]`

/** The dimension at `axis`; negative axes count from the end. Throws `shape` outside the rank. */
export function dimAt(shape: Shape, axis: number): number {
  const dim = shape[axis < 0 ? axis + shape.length : axis]
  if (dim === undefined) throw new CoreError('shape', `axis ${axis} is outside ${formatShape(shape)}`)
  return dim
}

/** `axis` in 0..rank−1. Throws `shape` if it lies outside −rank..rank−1. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank)
    throw new CoreError('shape', `axis ${axis} is outside a tensor of rank ${rank}`)
  return positive
}

/** NumPy's broadcasting of two shapes. Throws `shape` when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1
    const db = b[i - rank + b.length] ?? 1
    if (da === db || db === 1) return da
    if (da === 1) return db
    throw new CoreError('shape', `${formatShape(a)} and ${formatShape(b)} do not broadcast`)
  })
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1)
  return strides
}

/** How elements are found: (i₀,i₁,…) lies at offset + Σ iₖ·strideₖ, counted in elements. Strides may be negative. */
export interface StridedView {
  readonly offset: number
  readonly shape: Shape
  readonly strides: readonly number[]
}

/** What stands for each axis (a dimension, a stride), in the order in which a transpose by `perm` has the axes. */
export const permuted = (list: readonly number[], perm: readonly number[]): number[] =>
  perm.map((axis) => list[axis] ?? 1)
