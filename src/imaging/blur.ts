/** Odd widths of three box blurs that together have about the variance σ² (each box of width w has (w² − 1)/12). */
function boxWidths(sigma: number): readonly number[] {
  const ideal = Math.sqrt(4 * sigma * sigma + 1)
  const narrow = Math.max(1, 2 * Math.floor((ideal - 1) / 2) + 1)
  const variance = (width: number) => (width * width - 1) / 12
  const wide = [0, 1, 2, 3].map((n) =>
    Math.abs((3 - n) * variance(narrow) + n * variance(narrow + 2) - sigma * sigma),
  )
  const wider = wide.indexOf(Math.min(...wide))
  return [0, 1, 2].map((i) => (i < wider ? narrow + 2 : narrow))
}

/**
 * Running mean over `wanted` neighbours in each row of `map`, written to `out` transposed: twice is both directions. Edges
 * are repeated. A box that covers the row from each of its cells is the widest there is: the work stays linear in the map
 * whatever σ is.
 */
function boxRows(map: Float32Array, out: Float32Array, width: number, wanted: number): void {
  const height = map.length / width
  const boxWidth = Math.min(wanted, 2 * width - 1)
  const reach = (boxWidth - 1) / 2
  const padded = new Float32Array(width + boxWidth)
  for (let y = 0; y < height; y++) {
    padded.fill(map[y * width] ?? 0, 0, reach)
    padded.set(map.subarray(y * width, (y + 1) * width), reach)
    padded.fill(map[(y + 1) * width - 1] ?? 0, reach + width)
    let sum = 0
    for (let x = 0; x < boxWidth; x++) sum += padded[x] ?? 0
    for (let x = 0, to = y; x < width; x++, to += height) {
      out[to] = sum / boxWidth
      sum += (padded[x + boxWidth] ?? 0) - (padded[x] ?? 0)
    }
  }
}

/**
 * Nearly Gaussian blur of (height, width), in place and returned: three box blurs. σ in pixels; below 0.3 there is nothing to
 * see: no-op.
 */
export function blur(map: Float32Array, width: number, sigma: number): Float32Array {
  if (sigma < 0.3) return map
  const upright = new Float32Array(map.length)
  const height = map.length / width
  for (const boxWidth of boxWidths(sigma)) {
    boxRows(map, upright, width, boxWidth)
    boxRows(upright, map, height, boxWidth)
  }
  return map
}
