import type { Tensor } from '../core/ir/tensor.ts'

/** Source positions of one axis: two neighbours and the weight of the second. Half-pixel centres, edges repeated. */
function neighbours(size: number, out: number) {
  const low = new Int32Array(out)
  const high = new Int32Array(out)
  const share = new Float64Array(out)
  for (let i = 0; i < out; i++) {
    const at = Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / out - 0.5))
    low[i] = Math.floor(at)
    high[i] = Math.min(size - 1, Math.floor(at) + 1)
    share[i] = at - Math.floor(at)
  }
  return { low, high, share }
}

/**
 * A map (H,W), or a stack (…,H,W) of them, resized bilinearly with half-pixel centres and no antialiasing, as Grad-CAM
 * upsamples (torch `interpolate(align_corners=False)`, OpenCV `INTER_LINEAR`). Computed in double, stored in the map's
 * own type. Throws `RangeError` for fewer than two or empty dimensions.
 */
export function resizeBilinear(map: Tensor, height: number, width: number): Tensor {
  const [h = 0, w = 0] = map.shape.slice(-2)
  if (map.shape.length < 2 || h < 1 || w < 1 || height < 1 || width < 1)
    throw new RangeError(
      `expected a map (…,H,W) and a size of at least 1x1, got [${map.shape}] and ${height}x${width}`,
    )
  const maps = map.data.length / (h * w)
  const rows = neighbours(h, height)
  const columns = neighbours(w, width)
  const Numbers = map.data instanceof Float32Array ? Float32Array : Float64Array
  const data = new Numbers(maps * height * width)
  let at = 0
  for (let plane = 0; plane < maps; plane++)
    for (let y = 0; y < height; y++) {
      const upper = (plane * h + (rows.low[y] ?? 0)) * w
      const lower = (plane * h + (rows.high[y] ?? 0)) * w
      const down = rows.share[y] ?? 0
      for (let x = 0; x < width; x++) {
        const left = columns.low[x] ?? 0
        const right = columns.high[x] ?? 0
        const across = columns.share[x] ?? 0
        const above = (map.data[upper + left] ?? 0) * (1 - across) + (map.data[upper + right] ?? 0) * across
        const below = (map.data[lower + left] ?? 0) * (1 - across) + (map.data[lower + right] ?? 0) * across
        data[at++] = above * (1 - down) + below * down
      }
    }
  return { shape: [...map.shape.slice(0, -2), height, width], dtype: map.dtype, data }
}
