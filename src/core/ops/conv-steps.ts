import type { GraphBuilder } from '../ir/builder.ts'
import type { Node, Value } from '../ir/graph.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import type { ConvAttrs } from './conv.ts'
import { plainEpilogue } from './epilogue.ts'
import { imageShape, windowArgs } from './window.ts'
import { winogradStep } from './winograd-steps.ts'

export const convSteps = (
  { inputs: [x, w, bias], attrs, output }: Node<'conv'>,
  context: LoweringContext,
): Step[] => [windowStep(x, w, bias, attrs, output, context, 'conv')]

export const convTransposeSteps = (
  { inputs: [x, w, bias], attrs, output }: Node<'convTranspose'>,
  context: LoweringContext,
): Step[] => [windowStep(x, w, bias, attrs, output, context, 'adjoint')]

/** Channels that the kernel for few of them writes, at most: those of a picture. */
const MAX_NARROW_FILTERS = 4

/** One step of the kernel that fits. The adjoint reads the same weights with the roles of their first two axes swapped. */
function windowStep(
  x: Value,
  w: Value,
  bias: Value | undefined,
  attrs: ConvAttrs,
  output: Value,
  context: LoweringContext,
  direction: 'conv' | 'adjoint',
): Step {
  const winograd = winogradStep(x, w, bias, attrs, output, context, direction)
  if (winograd) return winograd
  const [batch, channels, inH, inW] = imageShape(x.shape, 'x')
  const [, filters, outH, outW] = imageShape(output.shape, 'y')
  const [rows, perGroup, kh, kw] = imageShape(w.shape, 'w')
  const { groups } = attrs
  const taps = kh * kw
  const rowStride = perGroup * taps
  const shared = {
    x: context.ref(x),
    out: context.ref(output),
    ...windowArgs(batch, [inH, inW], [outH, outW], [kh, kw], attrs),
    transposed: direction === 'conv' ? 0 : 1,
    bias: bias && context.ref(bias),
    ...plainEpilogue,
  }
  if (groups > 1 && groups === channels && groups === filters) {
    const packing = { kind: 'depthwise', taps, channels, tapStride: 1, channelStride: taps } as const
    return { kernel: 'depthwise', args: { ...shared, w: { source: w, packing }, channels } }
  }
  const kStride = direction === 'conv' ? taps : rowStride
  const nStride = direction === 'conv' ? rowStride : taps
  if (groups === 1 && filters <= MAX_NARROW_FILTERS && channels % 8 === 0) {
    const packing = { kind: 'narrow', taps, k: channels, n: filters, tapStride: 1, kStride, nStride } as const
    return { kernel: 'narrow', args: { ...shared, w: { source: w, packing }, channels, filters } }
  }
  const inPerGroup = channels / groups
  const outPerGroup = filters / groups
  const packing = {
    kind: 'columns',
    offset: 0,
    groups,
    taps,
    k: inPerGroup,
    n: outPerGroup,
    groupStride: (rows / groups) * rowStride,
    tapStride: 1,
    kStride,
    nStride,
  } as const
  return {
    kernel: 'conv',
    args: { ...shared, w: { source: w, packing }, groups, inPerGroup, outPerGroup, turned: 0 },
  }
}

/**
 * The weight gradient as a convolution: samples and channels change places, the cotangent is the kernel, and stride and
 * dilation change places. What the floor of the output size adds beyond the kernel is cut off.
 */
export function weightGradAsConv(g: GraphBuilder, { inputs: [x, ct], attrs }: Node<'convWeightGrad'>): Value {
  const [batch, channels, height, width] = imageShape(x.shape, 'x')
  const { groups, strides, dilations, pads, kernel } = attrs
  const perGroup = channels / groups
  const grouped = g.reshape(x, [batch, groups, perGroup, height, width])
  const swapped = g.reshape(g.transpose(grouped, [2, 1, 0, 3, 4]), [perGroup, groups * batch, height, width])
  const correlated = g.emit('conv', [swapped, g.transpose(ct, [1, 0, 2, 3])], {
    groups,
    strides: dilations,
    dilations: strides,
    pads,
  })
  const w = g.transpose(correlated, [1, 0, 2, 3])
  const lengths = [...w.shape.slice(0, 2), ...kernel]
  return g.emit('slice', [w], { starts: [0, 0, 0, 0], steps: [1, 1, 1, 1], lengths })
}
