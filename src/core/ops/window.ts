import { CoreError } from '../errors.ts'
import { formatShape, type Shape } from '../ir/shape.ts'
import type { WindowGeometry } from '../reference/loops.ts'
import type { Window2d } from './conv.ts'

type Pair = readonly [number, number]

/** (N,C,H,W) taken apart. Throws `shape` for any other rank. */
export function imageShape(
  shape: Shape,
  what: string,
): [batch: number, channels: number, height: number, width: number] {
  const [batch, channels, height, width] = shape
  if (
    shape.length !== 4 ||
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined
  )
    throw new CoreError('shape', `${what} must be (N,C,H,W), got ${formatShape(shape)}`)
  return [batch, channels, height, width]
}

/**
 * Positions of a window along one axis: floor((size + pads − extent)/stride) + 1 with extent = (kernel−1)·dilation + 1;
 * `ceil` rounds up, but no window starts in the padding after the input. (ONNX MaxPool, Conv)
 */
function positions(
  size: number,
  kernel: number,
  { strides, dilations, pads }: Window2d,
  axis: 0 | 1,
  ceil: boolean,
): number {
  const before = pads[axis]
  const room = size + before + pads[axis === 0 ? 2 : 3] - (kernel - 1) * dilations[axis] - 1
  if (!ceil) return Math.floor(room / strides[axis]) + 1
  const count = Math.ceil(room / strides[axis]) + 1
  return (count - 1) * strides[axis] >= size + before ? count - 1 : count
}

/** The window's positions over an input of `size`, (height, width). Throws `shape` when it does not fit even once. */
export function windowOutput(size: Pair, kernel: Pair, window: Window2d, ceil = false): [number, number] {
  const { strides, dilations, pads } = window
  const whole = (list: readonly number[], least: number) =>
    list.every((v) => Number.isInteger(v) && v >= least)
  if (!whole([...kernel, ...strides, ...dilations], 1) || !whole(pads, 0))
    throw new CoreError(
      'shape',
      `kernel, strides and dilations must be whole and positive, pads not negative`,
    )
  const output: [number, number] = [
    positions(size[0], kernel[0], window, 0, ceil),
    positions(size[1], kernel[1], window, 1, ceil),
  ]
  if (output[0] < 1 || output[1] < 1)
    throw new CoreError(
      'shape',
      `a window of ${kernel.join('×')} with dilations ${dilations} and pads ${pads} does not fit ${size.join('×')}`,
    )
  return output
}

/** The geometry of a window for the reference loops. */
export const geometryOf = (
  large: Pair,
  small: Pair,
  kernel: Pair,
  { strides, dilations, pads }: Window2d,
): WindowGeometry => ({
  large,
  small,
  kernel,
  strides,
  dilations,
  pads,
})

/** The window's fields of a kernel's arguments: `large` is what it slides over. */
export const windowArgs = (
  batch: number,
  large: Pair,
  small: Pair,
  kernel: Pair,
  { strides, dilations, pads }: Window2d,
) => ({
  batch,
  inH: large[0],
  inW: large[1],
  outH: small[0],
  outW: small[1],
  kernelH: kernel[0],
  kernelW: kernel[1],
  strideH: strides[0],
  strideW: strides[1],
  dilationH: dilations[0],
  dilationW: dilations[1],
  padTop: pads[0],
  padLeft: pads[1],
})
