import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { Scratch } from '../imaging/kernels/scratch.ts'
import type { Channels } from './method.ts'
import { emptyLike, planes } from './tensor.ts'

/**
 * An attribution (C,H,W) as a saliency map (H,W): max over |a|, Σa, Σa/C or √Σa² over the channels; `none` keeps them.
 * Sign and scale stay: rendering alone normalises.
 */
export function reduceChannels(a: Tensor, channels: Channels): Tensor {
  if (channels === 'none') return a
  const { channels: count, height, width } = planes(a)
  if (channels === 'max') return tensor([height, width], largestOf(a.data, count))
  const out = emptyLike(a, [height, width])
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
function largestOf(data: Tensor['data'], channels: number): Tensor['data'] {
  const cells = data.length / channels
  if (data instanceof Float32Array) {
    const scratch = new Scratch()
    const from = scratch.place(data)
    const to = scratch.room(data.byteLength / channels)
    scratch.kernels.largest(from, channels, cells, to)
    return scratch.floats(to, cells).slice()
  }
  const out = new Float64Array(cells)
  for (let plane = 0; plane < data.length; plane += cells)
    for (let i = 0; i < cells; i++) out[i] = Math.max(out[i] ?? 0, Math.abs(data[plane + i] ?? 0))
  return out
}
