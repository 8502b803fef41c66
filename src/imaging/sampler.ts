import type { Box } from './resample.ts'
import type { Strength } from './strength.ts'

/** Fills `row` with the map's values along picture row `y`; NaN outside the map's place. */
export type RowSampler = (y: number, row: Float32Array) => void

/** For each picture position along an axis: the two cells around it and the share of the second; [begin, end) lie inside. */
interface Axis {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly share: Float32Array
  readonly begin: number
  readonly end: number
}

function axis(pixels: number, start: number, length: number, cells: number): Axis {
  const low = new Int32Array(pixels)
  const high = new Int32Array(pixels)
  const share = new Float32Array(pixels)
  const position = (i: number) => ((i + 0.5 - start) / length) * cells
  for (let i = 0; i < pixels; i++) {
    const cell = Math.min(cells - 1, Math.max(0, position(i) - 0.5))
    low[i] = Math.floor(cell)
    high[i] = Math.min(cells - 1, Math.floor(cell) + 1)
    share[i] = cell - Math.floor(cell)
  }
  let begin = 0
  while (begin < pixels && position(begin) < 0) begin++
  let end = pixels
  while (end > begin && position(end - 1) >= cells) end--
  return { low, high, share, begin, end }
}

/** Reads a map drawn at `place` of a picture: bilinear, half-pixel centres, edges repeated, as `resizeBilinear`. */
export function rowSampler(
  { values, width, height }: Strength,
  picture: { readonly width: number; readonly height: number },
  place: Box,
): RowSampler {
  const columns = axis(picture.width, place.left, place.width, width)
  const rows = axis(picture.height, place.top, place.height, height)
  const between = new Float32Array(width)
  return (y, row) => {
    row.fill(Number.NaN)
    if (y < rows.begin || y >= rows.end) return
    const upper = (rows.low[y] ?? 0) * width
    const lower = (rows.high[y] ?? 0) * width
    const down = rows.share[y] ?? 0
    for (let x = 0; x < width; x++)
      between[x] = (values[upper + x] ?? 0) * (1 - down) + (values[lower + x] ?? 0) * down
    for (let x = columns.begin; x < columns.end; x++) {
      const left = between[columns.low[x] ?? 0] ?? 0
      const right = between[columns.high[x] ?? 0] ?? 0
      row[x] = left + (right - left) * (columns.share[x] ?? 0)
    }
  }
}
