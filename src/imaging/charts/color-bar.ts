import { scaleLinear } from 'd3-scale'
import type { Colormap } from '../colormap.ts'
import { heat, type Plane } from './heat.ts'
import { border, type Frame, image } from './image.ts'
import { readable } from './number.ts'
import { type Svg, svg } from './svg.ts'
import { MUTED, text } from './text.ts'
import { textWidth } from './text-width.ts'

const THICKNESS = 12
const SIZE = 13
/** Free room between two numbers. */
const GAP = 14

/** Height of the bar with its numbers. */
export const COLOR_BAR_HEIGHT = THICKNESS + SIZE + 10

/** A bar of a map's colours from `low` to `high`, both written at its ends; round numbers between them where there is room. */
export async function colorBar(
  { left, top, width }: Omit<Frame, 'height'>,
  colormap: Colormap,
  [low, high]: readonly [number, number],
): Promise<Svg> {
  const x = scaleLinear([low, high], [left, left + width])
  const bar = { left, top, width, height: THICKNESS }
  return svg`${await ramp(bar, colormap)}
${labelsOf(low, high, x.ticks(5), x).map(
  ({ value, label, anchor }) => svg`<path d="M${x(value)} ${top + THICKNESS + 1}v4" stroke="${MUTED}"/>
${text(label, x(value), top + THICKNESS + 7 + SIZE, { size: SIZE, anchor })}`,
)}`
}

/** All colours of a map, side by side. */
export const ramp = async (frame: Frame, colormap: Colormap): Promise<Svg> =>
  svg`${await image(heat(levels, colormap, [0, 255]), frame)}${border(frame)}`

/** A row of all colours that a map has. */
const levels: Plane = {
  width: 256,
  height: 1,
  values: Float64Array.from({ length: 256 }, (_, level) => level),
}

interface Label {
  readonly value: number
  readonly label: string
  readonly anchor: 'start' | 'middle' | 'end'
}

/** The ends, and of the ticks those that leave room between themselves and all others. */
function labelsOf(
  low: number,
  high: number,
  ticks: readonly number[],
  x: (value: number) => number,
): readonly Label[] {
  const start: Label = { value: low, label: readable(low), anchor: 'start' }
  const end: Label = { value: high, label: readable(high), anchor: 'end' }
  const width = (value: number) => textWidth(readable(value), { size: SIZE })
  let free = x(low) + width(low) + GAP
  const limit = x(high) - width(high) - GAP
  const between = ticks.filter((tick) => {
    const half = width(tick) / 2
    if (x(tick) - half < free || x(tick) + half > limit) return false
    free = x(tick) + half + GAP
    return true
  })
  return [start, ...between.map((value): Label => ({ value, label: readable(value), anchor: 'middle' })), end]
}
