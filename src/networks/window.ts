import * as z from 'zod'
import type { Value } from '../core/ir/graph.ts'
import { formatShape } from '../core/ir/shape.ts'
import { NetworkError } from './errors.ts'

export const paddingSchema = z
  .union(
    [z.enum(['same', 'valid']), z.int().min(0).max(64)],
    'expected same, valid, or a whole number from 0 to 64',
  )
  .default('valid')
  .describe(
    'same: as many places as the input has (over the stride); valid: none outside; or rows and columns of 0 on each side',
  )

type Pair = readonly [number, number]

/** Rows and columns of (N,C,H,W). Throws NetworkError `bad-spec` for what is no picture. */
export function imageSides({ shape }: Value): Pair {
  const [, , rows, columns] = shape
  if (shape.length === 4 && typeof rows === 'number' && typeof columns === 'number') return [rows, columns]
  throw new NetworkError(
    'bad-spec',
    '',
    `expected an input of channels, rows and columns, got ${formatShape(shape.slice(1))}`,
  )
}

interface Window {
  readonly sides: Pair
  readonly kernel: Pair
  readonly strides: Pair
  readonly dilations: Pair
}

/** [top, left, bottom, right]; what `same` cannot halve goes to the end, as TensorFlow and ONNX's SAME_UPPER have it. */
export function padsOf(
  padding: z.output<typeof paddingSchema>,
  { sides, kernel, strides, dilations }: Window,
): [number, number, number, number] {
  if (padding === 'valid') return [0, 0, 0, 0]
  if (typeof padding === 'number') return [padding, padding, padding, padding]
  const total = (axis: 0 | 1) => {
    const places = Math.ceil(sides[axis] / strides[axis])
    return Math.max(0, (places - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - sides[axis])
  }
  const [rows, columns] = [total(0), total(1)]
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)]
  return [top, left, rows - top, columns - left]
}
