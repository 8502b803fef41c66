/**
 * The `q` quantile (0..1, nearest rank) of finite numbers, by Hoare's quickselect: linear time. Reorders them. 0 of
 * nothing.
 */
export function quantile(values: Float32Array, q: number): number {
  const rank = Math.round(q * (values.length - 1))
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0
    let i = low
    let j = high
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++
      while ((values[j] ?? 0) > pivot) j--
      if (i > j) break
      const swap = values[i] ?? 0
      values[i++] = values[j] ?? 0
      values[j--] = swap
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank] ?? 0
}
