import type { Value } from '../../core/ir/graph.ts'
import { formatShape } from '../../core/ir/shape.ts'
import { malformed, unsupported } from '../errors.ts'
import type { Call } from './call.ts'

export type Pair = readonly [number, number]
export type Pads = readonly [top: number, left: number, bottom: number, right: number]

/** A list of two. Throws `malformed`. */
export function pair(list: readonly number[], name: string): Pair {
  const [a, b] = list
  if (list.length !== 2 || a === undefined || b === undefined)
    throw malformed(`${name} [${list}] should be two numbers`)
  return [a, b]
}

/** Height and width of a (N,C,H,W). Throws `unsupported` for windows over one or three axes. */
export function imageSize(x: Value): Pair {
  const [, , height, width] = x.shape
  if (x.shape.length !== 4 || height === undefined || width === undefined)
    throw unsupported(`its input is ${formatShape(x.shape)}; only windows over (N,C,H,W) are read`)
  return [height, width]
}

/** Length of a dilated kernel. */
export const extent = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1

export interface Placement {
  readonly strides: Pair
  readonly dilations: Pair
  readonly pads: Pads
  /** whether auto_pad chose the pads */
  readonly automatic: boolean
}

/** Strides, dilations and pads of a window of `kernel` over `size`, with auto_pad resolved to pads. */
export function placement({ attrs }: Call, size: Pair, kernel: Pair): Placement {
  const strides = pair(attrs.ints('strides', [1, 1]), 'strides')
  const dilations = pair(attrs.ints('dilations', [1, 1]), 'dilations')
  if ([...strides, ...dilations, ...kernel].some((v) => !Number.isSafeInteger(v) || v < 1))
    throw malformed(`kernel [${kernel}], strides [${strides}] and dilations [${dilations}] must be positive`)
  const auto = attrs.string('auto_pad', 'NOTSET')
  const automatic = auto === 'SAME_UPPER' || auto === 'SAME_LOWER'
  if (!automatic && auto !== 'NOTSET' && auto !== 'VALID') throw malformed(`auto_pad is "${auto}"`)
  const pads = automatic
    ? samePads(size, kernel, strides, dilations, auto === 'SAME_UPPER')
    : auto === 'VALID'
      ? ([0, 0, 0, 0] as const)
      : explicitPads(attrs.ints('pads', [0, 0, 0, 0]))
  return { strides, dilations, pads, automatic }
}

function explicitPads(list: readonly number[]): Pads {
  const [top, left, bottom, right] = list
  if (
    list.length !== 4 ||
    top === undefined ||
    left === undefined ||
    bottom === undefined ||
    right === undefined
  )
    throw malformed(`pads [${list}] should be four numbers`)
  if (list.some((v) => v < 0)) throw unsupported(`its pads [${list}] are negative`)
  return [top, left, bottom, right]
}

/** Pads under which ceil(size/stride) windows fit; an odd one goes to the end (upper) or the beginning. */
function samePads([height, width]: Pair, kernel: Pair, strides: Pair, dilations: Pair, upper: boolean): Pads {
  const split = (size: number, axis: 0 | 1): Pair => {
    const count = Math.ceil(size / strides[axis])
    const total = Math.max(0, (count - 1) * strides[axis] + extent(kernel[axis], dilations[axis]) - size)
    const less = Math.floor(total / 2)
    return upper ? [less, total - less] : [total - less, less]
  }
  const [top, bottom] = split(height, 0)
  const [left, right] = split(width, 1)
  return [top, left, bottom, right]
}
