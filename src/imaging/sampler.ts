import type { Box } from './resample.ts'
import type { Strength } from './strength.ts'

/** Fills `row` with the map's values along picture row `y`; NaN outside the map's place. */
export type RowSampler = (y: number, row: Float32Array) => void

/** For each picture position along an axis: the two cells around it and the share of the second. */
interface Axis {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly share: Float32Array
  readonly inside: Uint8Array
}

function axis(pixels: number, start: number, length: number, cells: number): Axis {
  const low = new Int32Array(pixels)
  const high = new Int32Array(pixels)
  const share = new Float32Array(pixels)
  const inside = new Uint8Array(pixels)
  for (let i = 0; i < pixels; i++) {
    const at = ((i + 0.5 - start) / length) * cells
    const cell = Math.min(cells - 1, Math.max(0, at - 0.5))
    low[i] = Math.floor(cell)
    high[i] = Math.min(cells - 1, Math.floor(cell) + 1)
    share[i] = cell - Math.floor(cell)
    inside[i] = at >= 0 && at < cells ? 1 : 0
  }
  return { low, high, share, inside }
}

/** Reads a map drawn at `place` of a picture: bilinear, half-pixel centres, edges repeated, as `resizeBilinear`. */
export function rowSampler(
  { values, width, height }: Strength,
  picture: { readonly width: number; readonly height: number },
  place: Box,
): RowSampler {
  const columns = axis(picture.width, place.left, place.width, width)
  const rows = axis(picture.height, place.top, place.height, height)
  return (y, row) => {
    row.fill(Number.NaN)
    if (!rows.inside[y]) return
    const upper = (rows.low[y] ?? 0) * width
    const lower = (rows.high[y] ?? 0) * width
    const down = rows.share[y] ?? 0
    for (let x = 0; x < row.length; x++) {
      if (!columns.inside[x]) continue
      const left = columns.low[x] ?? 0
      const right = columns.high[x] ?? 0
      const across = columns.share[x] ?? 0
      const above = (values[upper + left] ?? 0) * (1 - across) + (values[upper + right] ?? 0) * across
      const below = (values[lower + left] ?? 0) * (1 - across) + (values[lower + right] ?? 0) * across
      row[x] = above * (1 - down) + below * down
    }
  }
}
