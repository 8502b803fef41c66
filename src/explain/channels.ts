import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { Channels } from './method.ts'
import { emptyLike, planes } from './tensor.ts'

/**
 * An attribution (C,H,W) as a saliency map (H,W): max over |a|, Σa, Σa/C or √Σa² over the channels; `none` keeps them.
 * Sign and scale stay: rendering alone normalises.
 */
export function reduceChannels(a: Tensor, channels: Channels): Tensor {
  if (channels === 'none') return a
  const { channels: count, height, width } = planes(a)
  const out = emptyLike(a, [height, width])
  for (let pixel = 0; pixel < out.length; pixel++) {
    let sum = 0
    let squares = 0
    let largest = 0
    for (let c = 0; c < count; c++) {
      const value = a.data[c * out.length + pixel] ?? 0
      sum += value
      squares += value * value
      largest = Math.max(largest, Math.abs(value))
    }
    out[pixel] =
      channels === 'max'
        ? largest
        : channels === 'sum'
          ? sum
          : channels === 'mean'
            ? sum / count
            : Math.sqrt(squares)
  }
  return tensor([height, width], out)
}
