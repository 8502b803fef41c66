import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { Channels } from './method.ts'
import { bitsOf, emptyLike, MAGNITUDE, planes } from './tensor.ts'

/**
 * An attribution (C,H,W) as a saliency map (H,W): max over |a|, Σa, Σa/C or √Σa² over the channels; `none` keeps them.
 * Sign and scale stay: rendering alone normalises.
 */
export function reduceChannels(a: Tensor, channels: Channels): Tensor {
  if (channels === 'none') return a
  const { channels: count, height, width } = planes(a)
  const out = emptyLike(a, [height, width])
  if (channels === 'max') keepLargest(a.data, out)
  else
    for (let pixel = 0; pixel < out.length; pixel++) {
      let sum = 0
      let squares = 0
      for (let at = pixel; at < a.data.length; at += out.length) {
        const value = a.data[at] ?? 0
        sum += value
        squares += value * value
      }
      out[pixel] = channels === 'sum' ? sum : channels === 'mean' ? sum / count : Math.sqrt(squares)
    }
  return tensor([height, width], out)
}

/** max |a| over the channels. NaN stays. */
function keepLargest(data: Tensor['data'], out: Tensor['data']): void {
  if (data instanceof Float32Array) keepLargestBits(bitsOf(data), bitsOf(out))
  else
    for (let plane = 0; plane < data.length; plane += out.length)
      for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i] ?? 0, Math.abs(data[plane + i] ?? 0))
}

/** Of f32, see `bitsOf`. */
function keepLargestBits(data: Int32Array, out: Int32Array): void {
  for (let plane = 0; plane < data.length; plane += out.length)
    for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i] ?? 0, (data[plane + i] ?? 0) & MAGNITUDE)
}
