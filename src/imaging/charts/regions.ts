import { setImmediate } from 'node:timers/promises'
import type { Size } from '../placement.ts'
import type { Picture } from '../render.ts'
import { channelsOf } from './markers.ts'

/** Scores and probabilities of classes at the crossings of evenly spaced lines, point after point, rows going up. */
export interface ClassGrid {
  readonly columns: number
  readonly rows: number
  readonly classes: number
  /** the largest says which class it is */
  readonly scores: Float64Array
  readonly probabilities: Float64Array
}

/** How strongly regions are coloured: everywhere alike, or by how much likelier their class is than a guess. */
export type Shading = 'probability' | 'none'

interface RegionStyle {
  readonly colors: readonly string[]
  /** from 0 to 1, of the surest class */
  readonly opacity: number
  readonly shading: Shading
}

/** What is left of the colour where classes are equally likely. */
const UNSURE = 0.25
/** Rows drawn between two turns of the event loop. */
const ROWS_AT_ONCE = 64

/** Each pixel in the colour of its class on white; scores and probabilities are interpolated between grid points. */
export async function regions(
  grid: ClassGrid,
  { colors, opacity, shading }: RegionStyle,
  { width, height }: Size,
): Promise<Picture> {
  const { classes } = grid
  const pixels = new Uint8Array(width * height * 3)
  const palette = colors.map(channelsOf)
  const at = interpolation(grid)
  for (let py = 0; py < height; py++) {
    if (py % ROWS_AT_ONCE === 0 && py > 0) await setImmediate()
    const row = ((height - 0.5 - py) / height) * (grid.rows - 1)
    for (let px = 0; px < width; px++) {
      const column = ((px + 0.5) / width) * (grid.columns - 1)
      const place = at(column, row)
      let [best, most] = [0, -Infinity]
      for (let k = 0; k < classes; k++) {
        const score = place(grid.scores, k)
        if (score > most) {
          best = k
          most = score
        }
      }
      const sureness = (classes * place(grid.probabilities, best) - 1) / (classes - 1)
      const strength = shading === 'none' ? 1 : UNSURE + (1 - UNSURE) * Math.min(1, Math.max(0, sureness))
      const alpha = opacity * strength
      const color = palette[best]
      for (let channel = 0; channel < 3; channel++)
        pixels[3 * (py * width + px) + channel] = Math.round(255 + alpha * ((color?.[channel] ?? 0) - 255))
    }
  }
  return { width, height, pixels }
}

/** Bilinear, in units of the grid. */
function interpolation({ columns, rows, classes }: ClassGrid) {
  return (column: number, row: number) => {
    const left = Math.min(columns - 2, Math.floor(column))
    const low = Math.min(rows - 2, Math.floor(row))
    const u = column - left
    const v = row - low
    const first = (low * columns + left) * classes
    const above = first + columns * classes
    return (values: Float64Array, k: number): number =>
      (1 - v) * ((1 - u) * (values[first + k] ?? 0) + u * (values[first + classes + k] ?? 0)) +
      v * ((1 - u) * (values[above + k] ?? 0) + u * (values[above + classes + k] ?? 0))
  }
}
