import type { Tensor } from '../core/ir/tensor.ts'
import { blur } from './blur.ts'

/** A map ready for colouring: (height, width), each value in −1..1 (signed) or 0..1. */
export interface Strength {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

export interface StrengthOptions {
  /** keep the sign, for a diverging colour map; else |value| */
  readonly signed: boolean
  /** σ of the smoothing in cells of the map */
  readonly sigma: number
}

/** The part of the cells that may lie above full strength, so that a few outliers do not darken the rest. */
const clipped = 0.01

/**
 * What the picture shows of a saliency map: smoothed, then scaled so that the 99th percentile of |value| has strength 1.
 * Channels of (C,H,W) count with the one of largest magnitude; NaN and infinities count as 0; a map without any
 * contrast (all equal) has no strength anywhere. The numbers of the JSON and NPY answers never pass through here.
 */
export function strengthOf(map: Tensor, { signed, sigma }: StrengthOptions): Strength {
  const [height = 1, width = 1] = map.shape.slice(-2)
  const flat = strongestChannel(map, width * height)
  const visible = signed ? flat : flat.map(Math.abs)
  const values = blur(visible, width, height, sigma)
  const floor = signed ? 0 : quantile(values, 0.02)
  const contrast = isConstant(visible) ? 0 : fullScale(values, floor)
  const bound = signed ? -1 : 0
  return {
    width,
    height,
    values: values.map((value) => (contrast > 0 ? Math.min(1, Math.max(bound, (value - floor) / contrast)) : 0)),
  }
}

function strongestChannel({ data }: Tensor, cells: number): Float32Array {
  const strongest = new Float32Array(cells)
  for (let i = 0; i < data.length; i++) {
    const value = Math.fround(data[i] ?? 0)
    if (!Number.isFinite(value)) continue
    if (Math.abs(value) > Math.abs(strongest[i % cells] ?? 0)) strongest[i % cells] = value
  }
  return strongest
}

const isConstant = (values: Float32Array) => values.every((value) => value === values[0])

function quantile(values: Float32Array, q: number): number {
  const sorted = Float32Array.from(values).sort()
  return sorted[Math.round(q * (sorted.length - 1))] ?? 0
}

/** The 99th percentile above the floor; the maximum where the map is so sparse that the percentile is nothing. */
function fullScale(values: Float32Array, floor: number): number {
  const magnitudes = values.map((value) => Math.abs(value - floor))
  return quantile(magnitudes, 1 - clipped) || quantile(magnitudes, 1)
}
