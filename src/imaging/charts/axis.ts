import type { Frame } from './image.ts'
import { readable } from './number.ts'
import { type Svg, svg } from './svg.ts'
import { MUTED, text } from './text.ts'
import { textWidth } from './text-width.ts'

/** One axis: where its values lie, which of them are written, and what they are. */
export interface Axis {
  readonly scale: (value: number) => number
  readonly ticks: readonly number[]
  readonly title: string
}

const SIZE = 13
const TICK = 5
/** From the values at the left to their title. */
const TITLE_GAP = 10

/** Room that a bottom axis takes below its frame. */
export const BOTTOM_AXIS = 46

/** Values and title below a frame. */
export function bottomAxis({ left, top, width, height }: Frame, { scale, ticks, title }: Axis): Svg {
  const base = top + height
  return svg`${ticks.map(
    (tick) => svg`<path d="M${scale(tick)} ${base + 0.5}v${TICK}" stroke="${MUTED}"/>
${text(readable(tick), scale(tick), base + TICK + 4 + SIZE, { size: SIZE, anchor: 'middle' })}`,
  )}
${text(title, left + width / 2, base + BOTTOM_AXIS - 4, { size: SIZE, fill: MUTED, anchor: 'middle' })}`
}

/** Values at the left of a frame, and left of the widest the title turned upwards. */
export function leftAxis({ left, top, height }: Frame, { scale, ticks, title }: Axis): Svg {
  const labels = ticks.map(readable)
  const widest = Math.max(0, ...labels.map((label) => textWidth(label, { size: SIZE })))
  const end = left - TICK - 4
  const turned = `translate(${Math.round(end - widest - TITLE_GAP)} ${top + height / 2}) rotate(-90)`
  return svg`${ticks.map(
    (tick, i) => svg`<path d="M${left - 0.5} ${scale(tick)}h${-TICK}" stroke="${MUTED}"/>
${text(labels[i] ?? '', end, scale(tick), { size: SIZE, anchor: 'end', at: 'middle' })}`,
  )}
<g transform="${turned}">${text(title, 0, 0, { size: SIZE, fill: MUTED, anchor: 'middle' })}</g>`
}

/** Thin lines across a frame at an axis' values. */
export const gridAcross = ({ left, width }: Frame, { scale, ticks }: Axis): Svg[] =>
  ticks.map((tick) => svg`<path d="M${left} ${scale(tick)}h${width}" stroke="#e3e7ec"/>`)

/** Thin lines down a frame at an axis' values. */
export const gridDown = ({ top, height }: Frame, { scale, ticks }: Axis): Svg[] =>
  ticks.map((tick) => svg`<path d="M${scale(tick)} ${top}v${height}" stroke="#e3e7ec"/>`)
