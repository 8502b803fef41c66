/** The `q` quantile (0..1, nearest rank) of finite numbers, by Hoare's quickselect: linear time. Reorders them. 0 of nothing. */
export function quantile(a: Float32Array, q: number): number {
  const rank = Math.round(q * (a.length - 1))
  let low = 0
  let high = a.length - 1
  while (low < high) {
    const pivot = a[(low + high) >> 1] ?? 0
    let i = low
    let j = high
    while (i <= j) {
      while ((a[i] ?? 0) < pivot) i++
      while ((a[j] ?? 0) > pivot) j--
      if (i > j) break
      const swap = a[i] ?? 0
      a[i++] = a[j] ?? 0
      a[j--] = swap
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return a[rank] ?? 0
}
