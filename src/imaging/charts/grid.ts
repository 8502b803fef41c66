import type { Svg } from './svg.ts'
import { lineHeight, textBlock } from './text.ts'
import { wrapped } from './wrap.ts'

/** Something with a title above it. */
export interface Cell {
  readonly title: string
  /** below the title */
  readonly height: number
  readonly draw: (left: number, top: number) => Promise<Svg>
}

interface GridShape {
  readonly left: number
  readonly top: number
  /** how many stand in a row */
  readonly columns: number
  /** width of one of them */
  readonly column: number
  /** between columns, and below each row */
  readonly gap: number
}

const TITLE = { size: 16, weight: 600 } as const
const TITLE_LINES = 3
/** From the lines of a title to what is below it. */
const BELOW_TITLE = 8
/** Of the last line, what reaches below its base line. */
const DESCENT = 4

/** Cells in rows, and where the last row ends. In a row all stand at one height, however long their titles are. */
export async function grid(
  cells: readonly Cell[],
  { left, top, columns, column, gap }: GridShape,
): Promise<{ readonly drawn: readonly Svg[]; readonly bottom: number }> {
  const drawn: Svg[] = []
  let bottom = top
  for (let first = 0; first < cells.length; first += columns) {
    const row = cells
      .slice(first, first + columns)
      .map((cell) => ({ ...cell, lines: wrapped(cell.title, column, TITLE, TITLE_LINES) }))
    const titles = Math.max(...row.map(({ lines }) => lines.length)) * lineHeight(TITLE)
    for (const [i, { lines, draw }] of row.entries()) {
      const x = left + i * (column + gap)
      const firstLine = bottom + titles - (lines.length - 1) * lineHeight(TITLE) - DESCENT
      drawn.push(...textBlock(lines, x, firstLine, TITLE), await draw(x, bottom + titles + BELOW_TITLE))
    }
    bottom += titles + BELOW_TITLE + Math.max(...row.map(({ height }) => height)) + gap
  }
  return { drawn, bottom }
}
