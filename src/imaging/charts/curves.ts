import { scaleLinear, scaleLog } from 'd3-scale'
import type { Axis } from './axis.ts'
import type { Frame } from './image.ts'
import { type Line, lineChart } from './lines.ts'
import { type Svg, svg } from './svg.ts'
import { text } from './text.ts'
import { type Point, thinned } from './thinned.ts'

const HEADING = { size: 14, weight: 600 } as const
/** From a heading to its frame: the lines' names stand between. */
const BELOW_HEADING = 36

export const heading = (content: string, { left, top }: Frame): Svg =>
  text(content, left, top - BELOW_HEADING, HEADING)

/** Lines, and dots for those that are a single point. */
export function chart(
  frame: Frame,
  axes: { readonly x: Axis; readonly y: Axis },
  lines: readonly Line[],
): Svg {
  const drawn = lines.map((line) => ({ ...line, points: thinned(line.points, frame.width) }))
  const dots = drawn.flatMap(({ points: [point, ...more], color }) =>
    point && more.length === 0
      ? [svg`<circle cx="${axes.x.scale(point[0])}" cy="${axes.y.scale(point[1])}" r="4" fill="${color}"/>`]
      : [],
  )
  return svg`${lineChart(frame, axes, drawn)}${dots}`
}

/** The points of a line: values that are numbers. */
export const pointsOf = <T extends { readonly epoch: number }>(
  epochs: readonly T[],
  value: (epoch: T) => number | null | undefined,
): readonly Point[] =>
  epochs.flatMap((at): Point[] => {
    const y = value(at)
    return typeof y === 'number' && Number.isFinite(y) ? [[at.epoch, y]] : []
  })

/** From the first epoch to the last; room around a single one. */
export function epochAxis(epochs: readonly { readonly epoch: number }[], { left, width }: Frame): Axis {
  const first = epochs[0]?.epoch ?? 1
  const last = epochs.at(-1)?.epoch ?? first
  const scale = scaleLinear(first < last ? [first, last] : [first - 1, first + 1], [left, left + width])
  const ticks = scale.ticks(Math.round(width / 80)).filter(Number.isInteger)
  return { scale, ticks, title: 'epoch' }
}

/** Between the smallest and the largest so many times as far apart, powers of ten are told apart better than amounts. */
const LOG_RATIO = 20
/** Above and below, as a factor. */
const LOG_ROOM = 1.25

/** An axis of amounts: logarithmic where they differ by more than a factor, and none is 0 or below. */
export function amountAxis(
  values: readonly number[],
  { top, height }: Frame,
): Omit<Axis, 'title'> & { readonly isLog: boolean } {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity)
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const range = [top + height, top]
  if (low > 0 && high / low > LOG_RATIO) {
    const [bottom, above] = [low / LOG_ROOM, high * LOG_ROOM]
    return {
      scale: scaleLog([bottom, above], range),
      ticks: logTicks(bottom, above, Math.floor(height / TICK_ROOM)),
      isLog: true,
    }
  }
  const scale = scaleLinear([Math.min(0, low), high > 0 ? high : 1], range).nice(5)
  return { scale, ticks: scale.ticks(5), isLog: false }
}

/** Ticks of a logarithmic axis, and the room that the writing of one takes. */
const MOST_TICKS = 8
const TICK_ROOM = 24

/**
 * Powers of ten between two numbers, and 2 and 5 times them where they are few and `room` is for so many; of too many every
 * second, third, …
 */
function logTicks(low: number, high: number, room: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high))]
  const step = Math.ceil((last - first) / Math.min(MOST_TICKS, room))
  const powers: number[] = []
  for (let power = first; power <= last; power += step) powers.push(Number(`1e${power}`))
  const inside = (ticks: readonly number[]) => ticks.filter((tick) => tick >= low && tick <= high)
  const between = inside(powers.flatMap((power) => [power, 2 * power, 5 * power]))
  return powers.length > 4 || between.length > room ? inside(powers) : between
}
