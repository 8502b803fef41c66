import type { ValueType } from '../ir/graph.ts'
import { sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { tapRows } from '../reference/loops.ts'
import type { AveragePoolAttrs, PoolAttrs } from './pool.ts'
import { geometryOf, imageShape } from './window.ts'

/** Visits each (input, output) pair that a window joins, tap by tap in row-major order, over all planes. */
function eachPair(
  x: ValueType,
  y: ValueType,
  attrs: PoolAttrs,
  visit: (from: number, to: number) => void,
): void {
  const [batch, channels, height, width] = imageShape(x.shape, 'x')
  const [, , outHeight, outWidth] = imageShape(y.shape, 'y')
  const geometry = geometryOf([height, width], [outHeight, outWidth], attrs.kernel, attrs)
  for (let tap = 0; tap < attrs.kernel[0] * attrs.kernel[1]; tap++)
    tapRows(geometry, tap, (from, to, length, step) => {
      for (let plane = 0; plane < batch * channels; plane++)
        for (let i = 0; i < length; i++)
          visit(plane * height * width + from + i * step, plane * outHeight * outWidth + to + i)
    })
}

/** For each output the index of its window's first maximum in x; the first NaN counts as one. −1 where no input is seen. */
export function firstMaxima(x: Tensor, y: ValueType, attrs: PoolAttrs): Float64Array {
  const found = new Float64Array(sizeOf(y.shape)).fill(-1)
  eachPair(x, y, attrs, (from, to) => {
    const at = found[to] ?? -1
    const best = x.data[at] ?? Number.NEGATIVE_INFINITY
    const value = x.data[from] ?? 0
    if (at < 0 || value > best || (Number.isNaN(value) && !Number.isNaN(best))) found[to] = from
  })
  return found
}

/** How many of a window's taps lie in the padded input along one axis, from output position o. */
const tapsInside = (
  o: number,
  size: number,
  axis: 0 | 1,
  { kernel, strides, dilations, pads }: PoolAttrs,
): number => {
  const start = o * strides[axis] - pads[axis]
  const end = size + pads[axis === 0 ? 2 : 3]
  return Math.min(kernel[axis], Math.ceil((end - start) / dilations[axis]))
}

/** For each output position of one plane, what its window's sum is divided by; 1 where it sees nothing. */
function divisors(x: ValueType, y: ValueType, attrs: AveragePoolAttrs): Float64Array {
  const [, , height, width] = imageShape(x.shape, 'x')
  const [, , outHeight, outWidth] = imageShape(y.shape, 'y')
  const counts = new Float64Array(outHeight * outWidth)
  if (attrs.countIncludePad)
    return counts.map((_, o) => {
      const rows = tapsInside(Math.floor(o / outWidth), height, 0, attrs)
      return rows * tapsInside(o % outWidth, width, 1, attrs)
    })
  const plane = (shape: readonly number[]): ValueType => ({
    shape: [1, 1, ...shape.slice(2)],
    dtype: 'float',
  })
  eachPair(plane(x.shape), plane(y.shape), attrs, (_, to) => {
    counts[to] = (counts[to] ?? 0) + 1
  })
  return counts.map((count) => Math.max(count, 1))
}

/** y = Σ window / divisor */
export function averagePlanes(x: Tensor, y: ValueType, attrs: AveragePoolAttrs): Float64Array {
  const out = new Float64Array(sizeOf(y.shape))
  const counts = divisors(x, y, attrs)
  eachPair(x, y, attrs, (from, to) => {
    out[to] = (out[to] ?? 0) + (x.data[from] ?? 0)
  })
  return out.map((total, o) => total / (counts[o % counts.length] ?? 1))
}

/** Its adjoint: each ct / divisor added to every input of its window. */
export function spreadPlanes(ct: Tensor, x: ValueType, attrs: AveragePoolAttrs): Float64Array {
  const out = new Float64Array(sizeOf(x.shape))
  const counts = divisors(x, ct, attrs)
  eachPair(x, ct, attrs, (from, to) => {
    out[from] = (out[from] ?? 0) + (ct.data[to] ?? 0) / (counts[to % counts.length] ?? 1)
  })
  return out
}
