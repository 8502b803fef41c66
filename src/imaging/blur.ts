/** Weights of a Gaussian out to 3σ, normalised. */
function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma)
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/** Blurs the rows of (height, width) and transposes: twice is a two-dimensional blur. Edges are repeated. */
function blurRows(map: Float32Array, width: number, height: number, weights: Float64Array): Float32Array {
  const reach = (weights.length - 1) / 2
  const padded = new Float32Array(width + 2 * reach)
  const blurred = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = map.subarray(y * width, (y + 1) * width)
    padded.fill(row[0] ?? 0, 0, reach)
    padded.set(row, reach)
    padded.fill(row[width - 1] ?? 0, reach + width)
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (padded[x + k] ?? 0)
      blurred[x * height + y] = sum
    }
  }
  return blurred
}

/** Gaussian blur of (height, width); σ in pixels, edges repeated. A σ below 0.3 changes nothing worth seeing: no-op. */
export function blur(map: Float32Array, width: number, height: number, sigma: number): Float32Array {
  if (sigma < 0.3) return map
  const weights = gaussian(sigma)
  return blurRows(blurRows(map, width, height, weights), height, width, weights)
}
