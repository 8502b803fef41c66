import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { Channels } from './method.ts'
import { emptyLike, planes } from './tensor.ts'

type Reduction = (sofar: number, value: number) => number
const add: Reduction = (sofar, value) => sofar + value
const reductions: {
  readonly [C in Exclude<Channels, 'none'>]: {
    readonly step: Reduction
    readonly end: (r: number, n: number) => number
  }
} = {
  max: { step: (sofar, value) => Math.max(sofar, Math.abs(value)), end: (r) => r },
  sum: { step: add, end: (r) => r },
  mean: { step: add, end: (r, n) => r / n },
  norm: { step: (sofar, value) => sofar + value * value, end: Math.sqrt },
}

/**
 * An attribution (C,H,W) as a saliency map (H,W): max over |a|, Σa, Σa/C or √Σa² over the channels; `none` keeps them.
 * Sign and scale stay: rendering alone normalises.
 */
export function reduceChannels(a: Tensor, channels: Channels): Tensor {
  if (channels === 'none') return a
  const { channels: count, height, width } = planes(a)
  const { step, end } = reductions[channels]
  const out = emptyLike(a, [height, width])
  for (let pixel = 0; pixel < out.length; pixel++) {
    let r = 0
    for (let c = 0; c < count; c++) r = step(r, a.data[c * out.length + pixel] ?? 0)
    out[pixel] = end(r, count)
  }
  return tensor([height, width], out)
}
