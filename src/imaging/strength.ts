import type { Tensor } from '../core/ir/tensor.ts'
import { blur } from './blur.ts'
import { quantile } from './quantile.ts'

/** A map ready for colouring: (height, width), each value in −1..1 (signed) or 0..1. */
export interface Strength {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

/** How a map becomes strengths. */
export interface StrengthOptions {
  /** keep the sign, for a diverging colour map; else |value| */
  readonly signed: boolean
  /** σ of the smoothing in cells of the map */
  readonly sigma: number
}

/** This part of the cells may lie above full strength, so that a few outliers do not darken the rest. */
const clipped = 0.01
/** Unsigned: this part of the cells has no strength, so that the haze of a smoothed map stays clear. */
const haze = 0.02

/**
 * What the picture shows of a saliency map: smoothed, then scaled so that the 99th percentile has strength 1, the 2nd 0 (of
 * |value| for signed maps: 0 stays 0). Channels of (C,H,W) count with the one of largest magnitude, NaN and infinities as 0;
 * a map without contrast (all equal) has no strength anywhere. The numbers of JSON and NPY answers never pass here.
 */
export function strengthOf(map: Tensor, { signed, sigma }: StrengthOptions): Strength {
  const [height = 1, width = 1] = map.shape.slice(-2)
  const values = strongestChannel(map, width * height)
  if (!signed) magnitudes(values, values)
  if (values.every((value) => value === values[0])) return { width, height, values: values.fill(0) }

  blur(values, width, sigma)
  // a blur leaves small numbers of either sign where it passed large ones
  const sizes = magnitudes(values, new Float32Array(values.length))
  const floor = signed ? 0 : quantile(sizes, haze)
  const full = quantile(sizes, 1 - clipped)
  // a map so sparse that even the percentile is nothing
  const top = full > floor ? full : sizes.reduce((a, b) => Math.max(a, b))
  const scale = top > floor ? 1 / (top - floor) : 0
  const lowest = signed ? -1 : 0
  for (let i = 0; i < values.length; i++)
    values[i] = Math.min(1, Math.max(lowest, ((values[i] ?? 0) - floor) * scale))
  return { width, height, values }
}

function magnitudes(values: Float32Array, out: Float32Array): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(values[i] ?? 0)
  return out
}

function strongestChannel({ data }: Tensor, cells: number): Float32Array {
  const strongest = new Float32Array(cells)
  for (let plane = 0; plane < data.length; plane += cells)
    for (let i = 0; i < cells; i++) {
      const value = Math.fround(data[plane + i] ?? 0)
      const size = Math.abs(value)
      if (size > Math.abs(strongest[i] ?? 0) && size < Infinity) strongest[i] = value
    }
  return strongest
}
