import type { Colormap } from '../colormap.ts'
import type { Picture } from '../render.ts'

/** Numbers of a plane, row by row. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly values: Float32Array | Float64Array
}

/** Grey of what is not a number: no colour of a map. */
const NO_VALUE = 150

/** Level of a value in a colour map: 0 at `low` and below, 255 at `high` and above. */
export const levelOf = (value: number, low: number, high: number): number =>
  Math.round(255 * Math.min(1, Math.max(0, high > low ? (value - low) / (high - low) : 0)))

/** A colour of a map, red, green, blue. */
export const colorOf = ({ table }: Colormap, level: number): readonly number[] => [
  ...table.subarray(3 * level, 3 * level + 3),
]

/** Each number as its colour, from `low` to `high`; grey where there is none. */
export function heat(
  { width, height, values }: Plane,
  { table }: Colormap,
  [low, high]: readonly [number, number],
): Picture {
  const pixels = new Uint8Array(width * height * 3).fill(NO_VALUE)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    if (Number.isNaN(value)) continue
    const from = 3 * levelOf(value, low, high)
    for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = table[from + channel] ?? 0
  }
  return { width, height, pixels }
}
