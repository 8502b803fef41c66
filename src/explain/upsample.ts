import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { emptyLike } from './tensor.ts'

/** One output position: the two input positions it lies between, and how far it is from the first. */
interface Tap {
  readonly low: number
  readonly high: number
  readonly t: number
}

/** Half-pixel sampling, u = (i + ½)·from/to − ½, the edge pixels repeated outwards. */
const taps = (from: number, to: number): Tap[] =>
  Array.from({ length: to }, (_, i) => {
    const u = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1)
    const low = Math.floor(u)
    return { low, high: Math.min(low + 1, from - 1), t: u - low }
  })

/** A map (h,w) resized bilinearly to (height,width), as OpenCV's INTER_LINEAR and PyTorch's align_corners=False. */
export function resizeBilinear(map: Tensor, height: number, width: number): Tensor {
  const [h = 0, w = 0] = map.shape
  const out = emptyLike(map, [height, width])
  const at = (y: number, x: number) => map.data[y * w + x] ?? 0
  const columns = taps(w, width)
  taps(h, height).forEach((row, y) => {
    columns.forEach((column, x) => {
      const top = at(row.low, column.low) * (1 - column.t) + at(row.low, column.high) * column.t
      const bottom = at(row.high, column.low) * (1 - column.t) + at(row.high, column.high) * column.t
      out[y * width + x] = top * (1 - row.t) + bottom * row.t
    })
  })
  return tensor([height, width], out)
}
