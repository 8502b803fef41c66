import type { Value } from '../../core/ir/graph.ts'
import { formatShape } from '../../core/ir/shape.ts'
import { malformed } from '../errors.ts'
import type { Call, Translators } from './call.ts'
import { extent, imageSize, type Pads, type Pair, pair, placement } from './window.ts'

export const conv: Translators = {
  Conv: (call) => {
    const [x, w] = [call.x, call.input(1)]
    const { strides, dilations, pads } = placement(call, imageSize(x), kernelOf(call, w))
    const attrs = { strides, dilations, pads, groups: call.attrs.int('group', 1) }
    return call.g.emit('conv', [x, w, ...biasOf(call)], attrs)
  },

  ConvTranspose: (call) => {
    const [x, w] = [call.x, call.input(1)]
    const kernel = kernelOf(call, w)
    const size = imageSize(x)
    const { strides, dilations, pads: given } = placement(call, size, kernel)
    const { outputSize, pads } = transposedSize(call, size, kernel, strides, dilations, given)
    const attrs = { strides, dilations, pads, outputSize, groups: call.attrs.int('group', 1) }
    return call.g.emit('convTranspose', [x, w, ...biasOf(call)], attrs)
  },
}

function biasOf(call: Call): [] | [Value] {
  const bias = call.inputs[2]
  return bias ? [bias] : []
}

/** kernel_shape may be left out, but must not contradict the weights. */
function kernelOf({ attrs }: Call, w: Value): Pair {
  const kernel = imageSize(w)
  const [height, width] = pair(attrs.ints('kernel_shape', kernel), 'kernel_shape')
  if (height !== kernel[0] || width !== kernel[1])
    throw malformed(`kernel_shape is ${height}×${width}, the weights are ${formatShape(w.shape)}`)
  return kernel
}

/**
 * Output size and pads: size = stride·(in−1) + output_padding + extent − pads, where output_shape or auto_pad=SAME give the
 * size and the pads follow. (ONNX ConvTranspose)
 */
function transposedSize(
  { attrs }: Call,
  size: Pair,
  kernel: Pair,
  strides: Pair,
  dilations: Pair,
  pads: Pads,
): { outputSize: Pair; pads: Pads } {
  const extra = pair(attrs.ints('output_padding', [0, 0]), 'output_padding')
  const full = (axis: 0 | 1): number =>
    strides[axis] * (size[axis] - 1) + extra[axis] + extent(kernel[axis], dilations[axis])
  const auto = attrs.string('auto_pad', 'NOTSET')
  const isSame = auto === 'SAME_UPPER' || auto === 'SAME_LOWER'
  const asked = attrs.has('output_shape')
    ? pair(attrs.ints('output_shape').slice(-2), 'output_shape')
    : isSame
      ? ([size[0] * strides[0], size[1] * strides[1]] as const)
      : undefined
  if (!asked) return { outputSize: [full(0) - pads[0] - pads[2], full(1) - pads[1] - pads[3]], pads }
  const split = (axis: 0 | 1): Pair => {
    const total = Math.max(0, full(axis) - asked[axis])
    const less = Math.floor(total / 2)
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less]
  }
  const [top, bottom] = split(0)
  const [left, right] = split(1)
  return { outputSize: asked, pads: [top, left, bottom, right] }
}
