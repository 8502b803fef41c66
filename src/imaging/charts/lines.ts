import { type Axis, bottomAxis, gridAcross, gridDown, leftAxis } from './axis.ts'
import type { Frame } from './image.ts'
import { type Svg, svg } from './svg.ts'
import { text } from './text.ts'
import { textWidth } from './text-width.ts'

/** One line of a chart. */
export interface Line {
  readonly name: string
  readonly color: string
  /** dashed, so that a line of the same values is seen below it */
  readonly dashed?: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

const SIZE = 13
const SAMPLE = 26

/** Lines over two axes, and above the frame their names. */
export function lineChart(
  frame: Frame,
  { x, y }: { readonly x: Axis; readonly y: Axis },
  lines: readonly Line[],
): Svg {
  const { left, top, width, height } = frame
  return svg`${gridAcross(frame, y)}${gridDown(frame, x)}
<path d="M${left} ${top + height}h${width}" stroke="#8a94a1"/>
${lines.map(({ points, ...line }) => {
  const path = points.map(([px, py]) => `${x.scale(px).toFixed(2)} ${y.scale(py).toFixed(2)}`)
  return stroke(line, `M${path.join('L')}`)
})}
${bottomAxis(frame, x)}${leftAxis(frame, y)}${legend(left, top - 12, lines)}`
}

const stroke = ({ color, dashed }: Omit<Line, 'points' | 'name'>, path: string): Svg =>
  svg`<path d="${path}" fill="none" stroke="${color}" stroke-width="2.25" stroke-linejoin="round" stroke-dasharray="${dashed ? '7 5' : 'none'}"/>`

/** Room that the names of lines take beside each other. */
export const namesWidth = (lines: readonly Line[]): number =>
  lines.reduce((sum, { name }) => sum + nameWidth(name), 0)

const nameWidth = (name: string): number => SAMPLE + 8 + textWidth(name, { size: SIZE }) + 24

function legend(left: number, y: number, lines: readonly Line[]): Svg[] {
  let x = left
  return lines.map((line) => {
    const at = x
    x += nameWidth(line.name)
    return svg`${stroke(line, `M${at} ${y}h${SAMPLE}`)}${text(line.name, at + SAMPLE + 8, y, { size: SIZE, at: 'middle' })}`
  })
}
