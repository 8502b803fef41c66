import type { Node, Value } from '../ir/graph.ts'
import { normalizeAxis, type Shape, sizeOf, stridesOf } from '../ir/shape.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import { copyStep, fillStep, nest, type Side, wholeOf } from './strided.ts'

/** The value with the indices' axes as one, a copy away when they do not lie together in memory. */
interface Flattened {
  readonly side: Side
  readonly copy: Step | undefined
}

/** One indexed copy. Indices of several axes count as one axis of the result. */
export function gatherSteps(
  { inputs: [x, indices], attrs, output }: Node<'gather'>,
  context: LoweringContext,
): Step[] {
  const axis = normalizeAxis(attrs.axis, x.shape.length)
  const dims = x.shape.with(axis, sizeOf(indices.shape))
  const from: Side = { ref: context.ref(x), strides: context.strides(x) }
  const { side: to, copy } = flatten(output, dims, indices, 'after', context)
  return [indexedStep('copy', dims, axis, from, indices, to, context), ...(copy ? [copy] : [])]
}

/** Zeros, then one indexed addition. */
export function scatterAddSteps(
  { inputs: [ct, indices], attrs: { axis }, output }: Node<'scatterAdd'>,
  context: LoweringContext,
): Step[] {
  const dims = output.shape.with(axis, sizeOf(indices.shape))
  const { side: from, copy } = flatten(ct, dims, indices, 'before', context)
  const to: Side = { ref: context.ref(output), strides: context.strides(output) }
  const add = indexedStep('scatterAdd', dims, axis, from, indices, to, context)
  return [...(copy ? [copy] : []), fillStep(output, 0, context), add]
}

function flatten(
  value: Value,
  dims: Shape,
  indices: Value,
  when: 'before' | 'after',
  context: LoweringContext,
): Flattened {
  if (indices.shape.length === 1) return { side: wholeOf(value, context), copy: undefined }
  if (context.layout(value) === 'row-major')
    return { side: { ref: context.ref(value), strides: stridesOf(dims) }, copy: undefined }
  const flat = context.temporary(value.shape)
  const [own, other] = [wholeOf(value, context), wholeOf(flat, context)]
  const copy = when === 'before' ? copyStep(value.shape, own, other) : copyStep(value.shape, other, own)
  return { side: { ref: context.ref(flat), strides: stridesOf(dims) }, copy }
}

/** Loops over `dims`; the side that the indices address is x of a `copy`, the output of a `scatterAdd`. */
function indexedStep(
  kernel: 'copy' | 'scatterAdd',
  dims: Shape,
  axis: number,
  from: Side,
  indices: Value,
  to: Side,
  context: LoweringContext,
): Step {
  const order = dims.map((_, i) => i).sort((a, b) => (to.strides[b] ?? 0) - (to.strides[a] ?? 0))
  const loops = nest(dims, [from.strides, to.strides], order, axis)
  const [xStrides = [], outStrides = []] = loops.strides
  const args = {
    x: from.ref,
    out: to.ref,
    indices: context.ref(indices),
    axis: loops.axis,
    dims: loops.dims,
    xStrides,
    outStrides,
  }
  return { kernel, args }
}
