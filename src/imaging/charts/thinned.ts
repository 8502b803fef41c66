/** A point of a line. */
export type Point = readonly [x: number, y: number]

/** A line of points from left to right with at most two in each of `buckets`: its lowest and its highest, so that peaks stay. */
export function thinned(points: readonly Point[], buckets: number): readonly Point[] {
  if (points.length <= 2 * buckets) return points
  const kept: Point[] = []
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets)
    const to = Math.floor(((bucket + 1) * points.length) / buckets)
    let [low, high] = [from, from]
    for (let i = from; i < to; i++) {
      if ((points[i]?.[1] ?? 0) < (points[low]?.[1] ?? 0)) low = i
      if ((points[i]?.[1] ?? 0) > (points[high]?.[1] ?? 0)) high = i
    }
    for (const i of [...new Set([Math.min(low, high), Math.max(low, high)])]) {
      const point = points[i]
      if (point) kept.push(point)
    }
  }
  return kept
}
