import type { Node, Value } from '../ir/graph.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import type { ConvAttrs } from './conv.ts'
import { type Direction, denseWeights, isTransposed } from './dense-weights.ts'
import { plainEpilogue } from './epilogue.ts'
import { copyStep, fillStep } from './strided.ts'
import { imageShape, windowArgs } from './window.ts'
import { winogradStep } from './winograd-steps.ts'

export function convSteps(
  { inputs: [x, w, bias], attrs, output }: Node<'conv'>,
  context: LoweringContext,
): Step[] {
  if (!isWorthBorder(x, w, attrs)) return [windowStep(x, w, bias, attrs, output, context, 'conv')]
  const [batch, channels, inH, inW] = imageShape(x.shape, 'x')
  const [top, left, bottom, right] = attrs.pads
  const bordered = context.temporary([batch, channels, inH + top + bottom, inW + left + right])
  const unpadded = { ...attrs, pads: [0, 0, 0, 0] } as const
  return [
    ...borderSteps(x, bordered, [top, left], context),
    windowStep(bordered, w, bias, unpadded, output, context, 'conv'),
  ]
}

/** The picture that gets a border is copied anyway, from any layout. */
export const borderedInputs = ({ inputs: [x, w], attrs }: Node<'conv'>): readonly number[] =>
  isWorthBorder(x, w, attrs) ? [0] : []

export const convTransposeSteps = (
  { inputs: [x, w, bias], attrs, output }: Node<'convTranspose'>,
  context: LoweringContext,
): Step[] => [windowStep(x, w, bias, attrs, output, context, 'adjoint')]

/**
 * Channels of a picture, at most, and filters, at least, with which a border of zeros is worth a copy: the kernel takes a line of
 * taps for one of more channels where no window reaches over a side.
 */
const MAX_BORDERED_CHANNELS = 4
const MIN_BORDERED_FILTERS = 16

/** Whether windows reach over the picture's sides that would better not; over less than a window, for the border to be small. */
function isWorthBorder(x: Value, w: Value, { groups, dilations, pads }: ConvAttrs): boolean {
  const [, channels] = imageShape(x.shape, 'x')
  const [filters, , kh, kw] = imageShape(w.shape, 'w')
  const [top, left, bottom, right] = pads
  const reaches = (left > 0 || right > 0) && Math.max(left, right) < kw && Math.max(top, bottom) < kh
  const fits = channels <= MAX_BORDERED_CHANNELS && filters >= MIN_BORDERED_FILTERS
  return groups === 1 && fits && kw > 1 && dilations[1] === 1 && reaches
}

/** Channels that the kernel for few of them writes, at most: those of a picture. */
const MAX_NARROW_FILTERS = 4

/** One step of the kernel that fits. */
function windowStep(
  x: Value,
  w: Value,
  bias: Value | undefined,
  attrs: ConvAttrs,
  output: Value,
  context: LoweringContext,
  direction: Direction,
): Step {
  const winograd = winogradStep(x, w, bias, attrs, output, context, direction)
  if (winograd) return winograd
  const [batch, channels, inH, inW] = imageShape(x.shape, 'x')
  const [, filters, outH, outW] = imageShape(output.shape, 'y')
  const [, , kh, kw] = imageShape(w.shape, 'w')
  const { groups } = attrs
  const taps = kh * kw
  const shared = {
    x: context.ref(x),
    out: context.ref(output),
    ...windowArgs(batch, [inH, inW], [outH, outW], [kh, kw], attrs),
    transposed: isTransposed(direction),
    bias: bias && context.ref(bias),
    ...plainEpilogue,
  }
  if (groups > 1 && groups === channels && groups === filters) {
    const packing = { kind: 'depthwise', taps, channels, tapStride: 1, channelStride: taps } as const
    return { kernel: 'depthwise', args: { ...shared, w: { source: w, packing }, channels } }
  }
  const weights = denseWeights(w, groups, direction)
  if (groups === 1 && filters <= MAX_NARROW_FILTERS && channels % 8 === 0) {
    const { k, n, tapStride, kStride, nStride } = weights.packing
    const packing = { kind: 'narrow', taps, k, n, tapStride, kStride, nStride } as const
    return { kernel: 'narrow', args: { ...shared, w: { source: w, packing }, channels, filters } }
  }
  const { k: inPerGroup, n: outPerGroup } = weights.packing
  return {
    kernel: 'conv',
    args: { ...shared, w: weights, groups, inPerGroup, outPerGroup, turned: 0, sparse: 0 },
  }
}

/** Tiles of the kernel for weight gradients that keep a few threads busy. */
const WANTED_TILES = 16
const TILE = 16

/** One step, with a border of zeros around x before it where there is one; then its parts are summed and put in order. */
export function convWeightGradSteps(
  { inputs: [x, ct], attrs, output }: Node<'convWeightGrad'>,
  context: LoweringContext,
): Step[] {
  const [batch, channels, inH, inW] = imageShape(x.shape, 'x')
  const [, filters, outH, outW] = imageShape(ct.shape, 'ct')
  const { groups, kernel, pads } = attrs
  const [inPerGroup, outPerGroup] = [channels / groups, filters / groups]
  const size = [inH + pads[0] + pads[2], inW + pads[1] + pads[3]] as const
  const hasBorder = pads.some((pad) => pad > 0)
  const bordered = hasBorder ? context.temporary([batch, channels, ...size]) : x
  const tiles = Math.ceil(outPerGroup / TILE)
  const parts = Math.min(batch, Math.ceil(WANTED_TILES / (groups * tiles)))
  const taps = kernel[0] * kernel[1]
  const width = tiles * TILE
  const length = groups * taps * inPerGroup * width
  const summed = context.temporary([length])
  const separate = parts > 1 ? context.temporary([parts, length]) : summed
  const unpadded = { ...attrs, pads: [0, 0, 0, 0] } as const
  const [m, c, y] = context.strides(output)
  return [
    ...(hasBorder ? borderSteps(x, bordered, [pads[0], pads[1]], context) : []),
    {
      kernel: 'weightGrad',
      args: {
        ...{ x: context.ref(bordered), ct: context.ref(ct), out: context.ref(separate) },
        ...windowArgs(batch, size, [outH, outW], kernel, unpadded),
        ...{ groups, inPerGroup, outPerGroup, parts },
      },
    },
    ...(parts > 1
      ? [
          {
            kernel: 'reduce',
            args: {
              ...{ x: context.ref(separate), out: context.ref(summed) },
              ...{ outer: 1, length: parts, inner: length, mode: 0 },
            },
          } as const,
        ]
      : []),
    copyStep(
      [groups, outPerGroup, inPerGroup, ...kernel],
      {
        ref: context.ref(summed),
        strides: [taps * inPerGroup * width, 1, width, kernel[1] * inPerGroup * width, inPerGroup * width],
      },
      {
        ref: context.ref(output),
        strides: [outPerGroup * (m ?? 0), m ?? 0, c ?? 0, y ?? 0, context.strides(output)[3] ?? 0],
      },
    ),
  ]
}

/** x, in any layout, in the middle of zeros, channels-last. */
function borderSteps(
  x: Value,
  bordered: Value,
  [top, left]: readonly [number, number],
  context: LoweringContext,
): Step[] {
  const [batch, channels, height, width] = imageShape(x.shape, 'x')
  const [, , lines, columns] = imageShape(bordered.shape, 'the bordered x')
  const [n, y] = [lines * columns * channels, columns * channels]
  const [sample, channel, line, pixel] = context.strides(x)
  return [
    fillStep(bordered, 0, context),
    copyStep(
      [batch, height, width, channels],
      { ref: context.ref(x), strides: [sample ?? 0, line ?? 0, pixel ?? 0, channel ?? 0] },
      { ref: context.ref(bordered, top * y + left * channels), strides: [n, y, channels, 1] },
    ),
  ]
}
