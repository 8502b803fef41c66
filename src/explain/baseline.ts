import * as z from 'zod'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { MethodContext } from './method.ts'
import { emptyLike, map, planes } from './tensor.ts'

export const baselineSchema = z
  .union([z.enum(['black', 'white', 'blur']), z.number().min(-1e6).max(1e6)])
  .default(0)
  .describe(
    "The input that means absence: the colour black or white, the blurred image, or a number in the model's preprocessed units (0 is the mean colour of its card)",
  )
export type Baseline = z.output<typeof baselineSchema>

/** σ of the blurred baseline as a share of the longer side: 10 pixels at 224, as Fong & Vedaldi 2017. */
const BLUR_SHARE = 10 / 224

/** The baseline b for an input x (C,H,W). */
export function baselineOf({ x, colour }: Pick<MethodContext, 'x' | 'colour'>, baseline: Baseline): Tensor {
  if (typeof baseline === 'number') return map(x, () => baseline)
  const { height, width } = planes(x)
  if (baseline === 'blur') return gaussianBlur(x, BLUR_SHARE * Math.max(height, width))
  const perChannel = colour(baseline === 'black' ? 0 : 255)
  return map(x, (_, i) => perChannel[Math.floor(i / (height * width))] ?? 0)
}

/** Each channel convolved with a Gaussian of σ pixels, cut at 4σ, edge pixels repeated outwards. */
export function gaussianBlur(x: Tensor, sigma: number): Tensor {
  const { channels, height, width } = planes(x)
  const rows = new Float64Array(x.data.length)
  const out = emptyLike(x)
  const blur = gaussianLine(sigma)
  for (let y = 0; y < channels * height; y++) blur(x.data, rows, { start: y * width, step: 1, length: width })
  for (let c = 0; c < channels; c++)
    for (let column = 0; column < width; column++)
      blur(rows, out, { start: c * height * width + column, step: width, length: height })
  return tensor(x.shape, out)
}

interface Line {
  readonly start: number
  readonly step: number
  readonly length: number
}
type Numbers = Float32Array | Float64Array

/** Convolves one line of `from` into the same line of `to`. */
function gaussianLine(sigma: number): (from: Numbers, to: Numbers, line: Line) => void {
  const radius = Math.ceil(4 * sigma)
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - radius) / sigma) ** 2),
  )
  const total = kernel.reduce((a, b) => a + b, 0)
  return (from, to, { start, step, length }) => {
    const padded = new Float64Array(length + 2 * radius)
    for (let i = 0; i < padded.length; i++)
      padded[i] = from[start + Math.min(Math.max(i - radius, 0), length - 1) * step] ?? 0
    for (let i = 0; i < length; i++) {
      let acc = 0
      for (let k = 0; k < kernel.length; k++) acc += (kernel[k] ?? 0) * (padded[i + k] ?? 0)
      to[start + i * step] = acc / total
    }
  }
}
