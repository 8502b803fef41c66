import { type Shape, sizeOf, stridesOf } from '../ir/shape.ts'
import type { Layout } from './lowering.ts'

/** Logical axes in the order in which they lie in memory, outermost first. */
export function physicalOrder(rank: number, layout: Layout): number[] {
  const axes = Array.from({ length: rank }, (_, i) => i)
  return layout === 'channels-last' && rank >= 3 ? [0, ...axes.slice(2), 1] : axes
}

/** Strides in elements of the logical axes. */
export function physicalStrides(shape: Shape, layout: Layout): number[] {
  const order = physicalOrder(shape.length, layout)
  const packed = stridesOf(order.map((axis) => shape[axis] ?? 1))
  const strides = new Array<number>(shape.length).fill(1)
  order.forEach((axis, i) => {
    strides[axis] = packed[i] ?? 1
  })
  return strides
}

/** Whether both layouts are the same bytes: no channels axis to move, one channel, or one pixel. */
export const layoutsCoincide = (shape: Shape): boolean =>
  shape.length < 3 || shape[1] === 1 || sizeOf(shape.slice(2)) === 1

/** Row-major numbers in the order of `layout`, as f32. */
export function toLayout(data: ArrayLike<number>, shape: Shape, layout: Layout, out: Float32Array): void {
  if (layout === 'row-major' || layoutsCoincide(shape)) {
    out.set(data)
    return
  }
  const [batch = 1, channels = 1, ...spatial] = shape
  const pixels = sizeOf(spatial)
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++) {
      const plane = (n * channels + c) * pixels
      for (let p = 0; p < pixels; p++) out[(n * pixels + p) * channels + c] = data[plane + p] ?? 0
    }
}
