import { permuted, type Shape, sizeOf, stridesOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'

/** Loops that the reference rules share: float64, row-major, straight from the definitions. */

/** The numbers as doubles; the same array where they already are. */
export const doubles = ({ data }: Tensor): Float64Array =>
  data instanceof Float64Array ? data : Float64Array.from(data)

/** A view on a flat array: element `index` lies at offset + Σ index·strides. */
export interface View {
  readonly offset: number
  readonly strides: readonly number[]
}

export const viewOf = (shape: Shape): View => ({ offset: 0, strides: stridesOf(shape) })

/** Visits all indices of `dims` in row-major order, with the offset of each in two views. */
export function walk(dims: Shape, a: View, b: View, visit: (ia: number, ib: number) => void): void {
  const descend = (axis: number, ia: number, ib: number): void => {
    if (axis === dims.length) {
      visit(ia, ib)
      return
    }
    const count = dims[axis] ?? 0
    const stepA = a.strides[axis] ?? 0
    const stepB = b.strides[axis] ?? 0
    for (let i = 0; i < count; i++) descend(axis + 1, ia + i * stepA, ib + i * stepB)
  }
  descend(0, a.offset, b.offset)
}

/** Copies the block `dims` from one view to another. */
export function copyBlock(dims: Shape, x: ArrayLike<number>, from: View, out: Float64Array, to: View): void {
  walk(dims, from, to, (i, o) => {
    out[o] = x[i] ?? 0
  })
}

/** The numbers of a tensor whose axis i is axis perm[i] of x, row-major. */
export function transposed(x: Pick<Tensor, 'shape' | 'data'>, perm: readonly number[]): Float64Array {
  const shape = permuted(x.shape, perm)
  const out = new Float64Array(x.data.length)
  copyBlock(shape, x.data, { offset: 0, strides: permuted(stridesOf(x.shape), perm) }, out, viewOf(shape))
  return out
}

/** Strides under which `shape` reads as the broadcast shape `to`: 0 along the axes it is repeated on. */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const strides = stridesOf(shape)
  const extra = to.length - shape.length
  return to.map((_, axis) => (axis < extra || shape[axis - extra] === 1 ? 0 : (strides[axis - extra] ?? 0)))
}

/** The tensor's numbers repeated to `shape`. */
export function broadcast(x: Tensor, shape: Shape): Float64Array {
  if (sizeOf(x.shape) === sizeOf(shape)) return doubles(x)
  const out = new Float64Array(sizeOf(shape))
  copyBlock(shape, x.data, { offset: 0, strides: broadcastStrides(x.shape, shape) }, out, viewOf(shape))
  return out
}

export function map1(x: Tensor, f: (x: number) => number): Float64Array {
  const out = new Float64Array(x.data.length)
  for (let i = 0; i < out.length; i++) out[i] = f(x.data[i] ?? 0)
  return out
}

/** f over two tensors that broadcast to `shape`. */
export function map2(a: Tensor, b: Tensor, shape: Shape, f: (a: number, b: number) => number): Float64Array {
  const left = broadcast(a, shape)
  const right = broadcast(b, shape)
  const out = new Float64Array(sizeOf(shape))
  for (let i = 0; i < out.length; i++) out[i] = f(left[i] ?? 0, right[i] ?? 0)
  return out
}

/** The shape after reducing `axes`: each kept as 1, or dropped. */
export const reducedShape = (shape: Shape, axes: readonly number[], keepDims: boolean): Shape =>
  keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i))

/** Folds `x` over `axes` with f, starting from `start`; the result is row-major over the other axes. */
export function fold(
  x: Tensor,
  axes: readonly number[],
  start: number,
  f: (sofar: number, x: number) => number,
): Float64Array {
  const kept = reducedShape(x.shape, axes, true)
  const out = new Float64Array(sizeOf(kept)).fill(start)
  const to: View = { offset: 0, strides: broadcastStrides(kept, x.shape) }
  walk(x.shape, viewOf(x.shape), to, (i, o) => {
    out[o] = f(out[o] ?? 0, x.data[i] ?? 0)
  })
  return out
}

export const sum = (x: Tensor, axes: readonly number[]): Float64Array => fold(x, axes, 0, (a, b) => a + b)

/** The larger one; NaN where either is, so that a broken layer stays visible. */
export const larger = (a: number, b: number): number => (b > a || Number.isNaN(b) ? b : a)

/** out (m,n) += a (m,k) · b (k,n), each from an offset of a flat row-major array. */
export function addProduct(
  out: Float64Array,
  outAt: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const left = a[aAt + i * k + p] ?? 0
      const row = bAt + p * n
      const to = outAt + i * n
      // The casts: all indices lie inside, and `?? 0` in this innermost loop costs a factor of two.
      for (let j = 0; j < n; j++) out[to + j] = (out[to + j] as number) + left * (b[row + j] as number)
    }
}

/** What a window covers: positions on the large side (a convolution's input) for each on the small side. */
export interface WindowGeometry {
  readonly large: readonly [number, number]
  readonly small: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
}

/** The positions o of 0..small−1 with 0 ≤ o·stride + shift < large, as [first, end). */
export function insideRange(large: number, small: number, stride: number, shift: number): [number, number] {
  const first = Math.max(0, Math.ceil(-shift / stride))
  return [first, Math.max(first, Math.min(small, Math.floor((large - 1 - shift) / stride) + 1))]
}

/**
 * Visits the rows of one tap of a window over one plane: small[smallAt + i] meets large[largeAt + i·step], i < length.
 * A tap that reads whole planes without gaps is one row.
 */
export function tapRows(
  { large, small, kernel, strides, dilations, pads }: WindowGeometry,
  tap: number,
  visit: (largeAt: number, smallAt: number, length: number, step: number) => void,
): void {
  const [height, width] = large
  const [outHeight, outWidth] = small
  const shiftY = Math.floor(tap / kernel[1]) * dilations[0] - pads[0]
  const shiftX = (tap % kernel[1]) * dilations[1] - pads[1]
  const [y0, y1] = insideRange(height, outHeight, strides[0], shiftY)
  const [x0, x1] = insideRange(width, outWidth, strides[1], shiftX)
  if (x1 === x0) return
  if (strides[0] === 1 && strides[1] === 1 && x1 - x0 === width && width === outWidth) {
    if (y1 > y0) visit((y0 + shiftY) * width, y0 * width, (y1 - y0) * width, 1)
    return
  }
  for (let y = y0; y < y1; y++)
    visit(
      (y * strides[0] + shiftY) * width + x0 * strides[1] + shiftX,
      y * outWidth + x0,
      x1 - x0,
      strides[1],
    )
}

/** Sizes of a grouped convolution: `largeChannels` on its input side, `smallChannels` on its output side. */
export interface ConvGeometry extends WindowGeometry {
  readonly batch: number
  readonly largeChannels: number
  readonly smallChannels: number
  readonly groups: number
}

/** How many channels of a group a visit takes at once, on each side: 4 where that many are left, else 1. */
interface Blocks {
  readonly large: 1 | 4
  readonly small: 1 | 4
}
type RowVisitor = (
  largeAt: number,
  smallAt: number,
  weightAt: number,
  length: number,
  step: number,
  block: number,
) => void

const blockOf = (left: number, wanted: 1 | 4): number => (left >= wanted ? wanted : 1)

/** Visits every row of every (sample, output channel, input channel of its group, tap) of a convolution. */
function convRows(geometry: ConvGeometry, blocks: Blocks, visit: RowVisitor): void {
  const { batch, largeChannels, smallChannels, groups } = geometry
  const { largePlane, smallPlane, taps, inPerGroup, outPerGroup } = strideOf(geometry)
  for (let n = 0; n < batch; n++)
    for (let group = 0; group < groups; group++)
      for (let m = 0, ms = 1; m < outPerGroup; m += ms) {
        ms = blockOf(outPerGroup - m, blocks.small)
        const filter = group * outPerGroup + m
        const smallAt = (n * smallChannels + filter) * smallPlane
        for (let c = 0, cs = 1; c < inPerGroup; c += cs) {
          cs = blockOf(inPerGroup - c, blocks.large)
          const largeAt = (n * largeChannels + group * inPerGroup + c) * largePlane
          for (let tap = 0; tap < taps; tap++) {
            const weightAt = (filter * inPerGroup + c) * taps + tap
            tapRows(geometry, tap, (l, s, length, step) =>
              visit(largeAt + l, smallAt + s, weightAt, length, step, ms * cs),
            )
          }
        }
      }
}

const strideOf = ({ largeChannels, smallChannels, groups, large, small, kernel }: ConvGeometry) => ({
  largePlane: large[0] * large[1],
  smallPlane: small[0] * small[1],
  taps: kernel[0] * kernel[1],
  inPerGroup: largeChannels / groups,
  outPerGroup: smallChannels / groups,
})

/** An operand of `addRow`; the rows of a block lie `next` apart. */
interface Rows {
  readonly data: Float64Array
  readonly next: number
}

/**
 * out[at + i·step] += w·x, for one or four rows of x. The casts: all indices lie inside, and `?? 0` in this innermost
 * loop costs a factor of two.
 */
function addRow(
  out: Float64Array,
  outAt: number,
  outStep: number,
  x: Rows,
  xAt: number,
  xStep: number,
  w: Rows,
  wAt: number,
  length: number,
  block: number,
): void {
  const w0 = w.data[wAt] as number
  if (block === 1) {
    for (let i = 0, o = outAt, p = xAt; i < length; i++, o += outStep, p += xStep)
      out[o] = (out[o] as number) + w0 * (x.data[p] as number)
    return
  }
  const { data, next } = x
  const w1 = w.data[wAt + w.next] as number
  const w2 = w.data[wAt + 2 * w.next] as number
  const w3 = w.data[wAt + 3 * w.next] as number
  for (let i = 0, o = outAt, p = xAt; i < length; i++, o += outStep, p += xStep)
    out[o] =
      (out[o] as number) +
      w0 * (data[p] as number) +
      w1 * (data[p + next] as number) +
      w2 * (data[p + 2 * next] as number) +
      w3 * (data[p + 3 * next] as number)
}

/** small += Σ w·large: the convolution. */
export function addConv(
  geometry: ConvGeometry,
  large: Float64Array,
  w: Float64Array,
  small: Float64Array,
): void {
  const { largePlane, taps } = strideOf(geometry)
  const x = { data: large, next: largePlane }
  const weights = { data: w, next: taps }
  convRows(geometry, { large: 4, small: 1 }, (largeAt, smallAt, weightAt, length, step, block) =>
    addRow(small, smallAt, 1, x, largeAt, step, weights, weightAt, length, block),
  )
}

/** large += Σ w·small: its adjoint in the input. */
export function addConvTranspose(
  geometry: ConvGeometry,
  small: Float64Array,
  w: Float64Array,
  large: Float64Array,
): void {
  const { smallPlane, taps, inPerGroup } = strideOf(geometry)
  const x = { data: small, next: smallPlane }
  const weights = { data: w, next: inPerGroup * taps }
  convRows(geometry, { large: 1, small: 4 }, (largeAt, smallAt, weightAt, length, step, block) =>
    addRow(large, largeAt, step, x, smallAt, 1, weights, weightAt, length, block),
  )
}

/** w += Σ small·large: its adjoint in the weights. */
export function addConvWeightGrad(
  geometry: ConvGeometry,
  large: Float64Array,
  small: Float64Array,
  w: Float64Array,
): void {
  convRows(geometry, { large: 1, small: 1 }, (largeAt, smallAt, weightAt, length, step) => {
    let total = 0
    for (let i = 0; i < length; i++) total += (small[smallAt + i] ?? 0) * (large[largeAt + i * step] ?? 0)
    w[weightAt] = (w[weightAt] ?? 0) + total
  })
}
