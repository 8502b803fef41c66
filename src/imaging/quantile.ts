/** Of fewer numbers a sample does not pay. */
const SAMPLED = 600

/**
 * The `q` quantile (0..1, nearest rank) of finite numbers, by Floyd and Rivest's SELECT (CACM Algorithm 489): about 1.5 comparisons
 * a number. Reorders them. 0 of nothing.
 */
export function quantile(values: Float32Array, q: number): number {
  const rank = Math.round(q * (values.length - 1))
  select(values, rank, 0, values.length - 1)
  return values[rank] ?? 0
}

/** Puts the number of `rank` from `low` to `high` in its place, no larger ones before it and no smaller ones behind it. */
function select(values: Float32Array, rank: number, low: number, high: number): void {
  let [left, right] = [low, high]
  while (left < right) {
    if (right - left > SAMPLED) {
      // the number of the rank in a sample is likely to be near it, on the side of the larger part
      const count = right - left + 1
      const part = (rank - left + 1) / count
      const sample = Math.exp((2 * Math.log(count)) / 3) / 2
      const spread = Math.sqrt(Math.log(count) * sample * (1 - sample / count)) / 2
      const from = Math.floor(rank - part * sample + (part < 1 / 2 ? -spread : spread))
      select(values, rank, Math.max(left, from), Math.min(right, Math.floor(from + sample)))
    }
    const pivot = values[rank] ?? 0
    let i = left
    let j = right
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++
      while ((values[j] ?? 0) > pivot) j--
      if (i > j) break
      const swap = values[i] ?? 0
      values[i++] = values[j] ?? 0
      values[j--] = swap
    }
    if (rank <= j) right = j
    else if (rank >= i) left = i
    else return
  }
}
