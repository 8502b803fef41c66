/** Where a map's cells are drawn along an axis of a picture: bilinear, half-pixel centres, edges repeated, as `resizeBilinear`. */
export interface Axis {
  /** for each picture position the cell before it, the one behind, and the share of that */
  readonly low: Int32Array
  readonly high: Int32Array
  readonly share: Float32Array
  /** positions [begin, end) lie in the map's place */
  readonly begin: number
  readonly end: number
}

/** An axis of so many pixels, of which those from `start` on, `length` long, show so many cells. */
export function axisOf(pixels: number, start: number, length: number, cells: number): Axis {
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
