import { setImmediate } from 'node:timers/promises'
import type { Size } from '../placement.ts'
import type { Plane } from './heat.ts'

/** Where a plane's largest magnitude lies (the first of several), and how large it is. */
export interface Peak {
  readonly x: number
  readonly y: number
  readonly value: number
}

/** Between two bands of so many values the event loop runs. */
const valuesAtOnce = 2_000_000

/**
 * The magnitudes of a plane, in each place of a smaller one the largest that falls into it, so that a single pixel's is not
 * lost; and the largest of all. What is not finite counts as nothing.
 */
export async function largestMagnitudes(
  { width, height, values }: Plane,
  to: Size,
): Promise<{ readonly plane: Plane; readonly peak: Peak }> {
  const largest = new Float64Array(to.width * to.height)
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * to.width) / width))
  let peak: Peak = { x: 0, y: 0, value: 0 }
  for (let y = 0; y < height; y++) {
    if (y % Math.ceil(valuesAtOnce / width) === 0 && y > 0) await setImmediate()
    const row = Math.floor((y * to.height) / height) * to.width
    for (let x = 0; x < width; x++) {
      const value = Math.abs(values[y * width + x] ?? 0)
      const at = row + (columns[x] ?? 0)
      if (!Number.isFinite(value)) continue
      if (value > (largest[at] ?? 0)) largest[at] = value
      if (value > peak.value) peak = { x, y, value }
    }
  }
  return { plane: { ...to, values: largest }, peak }
}
