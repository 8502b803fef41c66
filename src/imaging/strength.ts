import type { Tensor } from '../core/ir/tensor.ts'
import { blur } from './blur.ts'
import { Scratch } from './kernels/scratch.ts'
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
  const strongest = strongestChannel(map, width * height)
  const values = signed ? strongest : magnitudes(strongest)
  if (values.every((value) => value === values[0])) return { width, height, values: values.fill(0) }

  blur(values, width, sigma)
  // a blur leaves small numbers of either sign where it passed large ones
  const sizes = magnitudes(values)
  const floor = signed ? 0 : quantile(sizes, haze)
  const full = quantile(sizes, 1 - clipped)
  // a map so sparse that even the percentile is nothing
  const top = full > floor ? full : sizes.reduce((a, b) => Math.max(a, b))
  const scale = top > floor ? 1 / (top - floor) : 0
  return { width, height, values: scaled(values, floor, scale, signed ? -1 : 0) }
}

function strongestChannel({ data }: Tensor, cells: number): Float32Array {
  const scratch = new Scratch()
  const planes = scratch.place(data instanceof Float32Array ? data : Float32Array.from(data))
  const out = scratch.room(4 * cells)
  scratch.kernels.strongest(planes, data.length / cells, cells, out)
  return scratch.floats(out, cells).slice()
}

function magnitudes(values: Float32Array): Float32Array {
  const scratch = new Scratch()
  const at = scratch.place(values)
  scratch.kernels.magnitudes(at, values.length, at)
  return scratch.floats(at, values.length).slice()
}

/** scale · (value − floor), between `lowest` and 1. */
function scaled(values: Float32Array, floor: number, scale: number, lowest: number): Float32Array {
  const scratch = new Scratch()
  const at = scratch.place(values)
  scratch.kernels.strengths(at, values.length, floor, scale, lowest)
  return scratch.floats(at, values.length).slice()
}
