/** Where the largest of some numbers is, the first of equals: `length` of them from `from` on. Counted from there. */
export function largestAt(data: ArrayLike<number>, from: number, length: number): number {
  let best = 0
  for (let i = 1; i < length; i++) if ((data[from + i] ?? 0) > (data[from + best] ?? 0)) best = i
  return best
}

/** Where the 1 of a one-hot row is, counted from `from`; undefined for numbers that are no such row. */
export function oneAt(data: ArrayLike<number>, from: number, length: number): number | undefined {
  let found: number | undefined
  for (let i = 0; i < length; i++) {
    const value = data[from + i]
    if (value === 0) continue
    if (value !== 1 || found !== undefined) return undefined
    found = i
  }
  return found
}
