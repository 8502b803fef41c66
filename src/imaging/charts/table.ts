import type { Colormap } from '../colormap.ts'
import { colorOf, heat, levelOf, type Plane } from './heat.ts'
import { border, type Frame, image } from './image.ts'
import { readable } from './number.ts'
import { type Svg, svg } from './svg.ts'
import { INK, text } from './text.ts'
import { textWidth } from './text-width.ts'

/** A matrix of more rows or columns is drawn without its numbers. */
export const MOST_PRINTED = 7

const LARGEST_CELL = { width: 72, height: 36 }
/** Side of a long matrix of a row or column. */
const NARROWEST = 12
const LARGEST_TEXT = 14
/** How far the colours go beyond the largest magnitude: their ends are too dark for a whole picture. */
const HEADROOM = 1.4

/** A matrix in a diverging map's colours, white for 0, as large as the room allows; its numbers where they are few. */
export async function matrixTable(matrix: Plane, colormap: Colormap, room: Frame): Promise<Svg> {
  const { width: columns, height: rows, values } = matrix
  const isPrinted = Math.max(rows, columns) <= MOST_PRINTED
  const wide = Math.min(room.width / columns, LARGEST_CELL.width)
  const high = Math.min(room.height / rows, LARGEST_CELL.height)
  const square = Math.min(wide, high)
  const cell = isPrinted
    ? { width: wide, height: high }
    : { width: Math.max(square, NARROWEST / columns), height: Math.max(square, NARROWEST / rows) }
  const frame = { left: room.left, top: room.top, width: columns * cell.width, height: rows * cell.height }
  const most = HEADROOM * (largestMagnitude(values) || 1)
  const colors = svg`${await image(heat(matrix, colormap, [-most, most]), frame)}${border(frame)}`
  if (!isPrinted) return colors

  const labels = Array.from(values, readable)
  const widest = Math.max(...labels.map((label) => textWidth(label, { size: 1 })))
  const size = Math.min(LARGEST_TEXT, (cell.width - 8) / widest, 0.7 * cell.height)
  const numbers = labels.map((label, i) => {
    const x = frame.left + ((i % columns) + 0.5) * cell.width
    const y = frame.top + (Math.floor(i / columns) + 0.5) * cell.height
    const fill = inkOn(colorOf(colormap, levelOf(values[i] ?? 0, -most, most)))
    return text(label, x, y, { size, fill, anchor: 'middle', at: 'middle' })
  })
  return svg`${colors}${numbers}`
}

const largestMagnitude = (values: Plane['values']): number => {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}

/** White on dark colours, dark on light ones (brightness by ITU-R BT.709). */
export const inkOn = ([red = 0, green = 0, blue = 0]: readonly number[]): string =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue < 130 ? '#fff' : INK
