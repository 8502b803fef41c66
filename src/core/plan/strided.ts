import type { Value } from '../ir/graph.ts'
import { MAX_RANK } from '../kernels/list.ts'
import { physicalOrder } from './layout.ts'
import type { LoweringContext, Packing, Step } from './lowering.ts'

/** Pads a list of dims or strides to the kernels' rank with leading ones or zeros. */
export const toRank = (list: readonly number[], filler: 0 | 1): number[] => [
  ...new Array<number>(MAX_RANK - list.length).fill(filler),
  ...list,
]

/** Copies `from` to `to`, of the same logical shape in another layout. */
export function copyStep(context: LoweringContext, from: Value, to: Value): Step {
  const order = physicalOrder(to.shape.length, context.layout(to))
  const pick = (list: readonly number[]) => order.map((axis) => list[axis] ?? 1)
  return {
    kernel: 'copy',
    args: {
      x: context.ref(from),
      out: context.ref(to),
      indices: undefined,
      axis: 0,
      dims: toRank(pick(to.shape), 1),
      xStrides: toRank(pick(context.strides(from)), 0),
      outStrides: toRank(pick(context.strides(to)), 0),
    },
  }
}

/** Brings computed weights, row-major, into a kernel's order. */
export function packStep(context: LoweringContext, w: Value, packing: Packing, out: Value): Step {
  switch (packing.kind) {
    case 'columns': {
      const { kind, offset, ...geometry } = packing
      return { kernel: 'pack', args: { w: context.ref(w, offset), out: context.ref(out), ...geometry } }
    }
    case 'narrow': {
      const { taps, n, k, tapStride, nStride, kStride } = packing
      return reorderStep(context, w, out, [taps, n, k], [tapStride, nStride, kStride])
    }
    case 'depthwise': {
      const { taps, channels, tapStride, channelStride } = packing
      return reorderStep(context, w, out, [taps, channels], [tapStride, channelStride])
    }
  }
}

/** out, contiguous over `dims`, from w's elements `strides` apart. */
const reorderStep = (
  context: LoweringContext,
  w: Value,
  out: Value,
  dims: readonly number[],
  strides: readonly number[],
): Step => ({
  kernel: 'copy',
  args: {
    x: context.ref(w),
    out: context.ref(out),
    indices: undefined,
    axis: -1,
    dims: toRank(dims, 1),
    xStrides: toRank(strides, 0),
    outStrides: toRank(
      dims.map((_, i) => dims.slice(i + 1).reduce((a, b) => a * b, 1)),
      0,
    ),
  },
})
