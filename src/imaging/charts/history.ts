import { scaleLinear, scaleLog } from 'd3-scale'
import type { Axis } from './axis.ts'
import type { Frame } from './image.ts'
import { type Line, lineChart } from './lines.ts'
import { readable } from './number.ts'
import type { Drawing } from './rasterise.ts'
import { empty, type Svg, svg } from './svg.ts'
import { INK, MUTED, text, textBlock } from './text.ts'
import { textWidth } from './text-width.ts'
import { type Point, thinned } from './thinned.ts'
import { wrapped } from './wrap.ts'

/** What a chart shows of an epoch. */
export interface Epoch {
  readonly epoch: number
  readonly loss: number
  readonly validationLoss?: number | undefined
  readonly accuracy?: number | undefined
  readonly validationAccuracy?: number | undefined
  readonly learningRate: number
}

export interface History {
  readonly title: string
  /** a line below the title */
  readonly facts: string
  /** one or more, in order */
  readonly epochs: readonly Epoch[]
  readonly best: { readonly epoch: number; readonly loss: number } | undefined
}

/** Pixels a unit of the drawing. */
export const SCALE = 2
/** A slide of 16:9. */
const WIDTH = 960
const HEIGHT = 540
const MARGIN = 36
const TITLE = { size: 22, weight: 600 } as const
const HEADING = { size: 14, weight: 600 } as const
const TRAINING = '#2f6fb7'
const VALIDATION = '#d9652b'
const RATE = '#5b6675'
/** From a heading to its frame: the lines' names stand between. */
const BELOW_HEADING = 36

/** Beside the loss: the accuracy, and below it the learning rate; without accuracy, the loss takes all the width. */
const withAccuracy = {
  loss: { left: 96, top: 144, width: 464, height: 334 },
  accuracy: { left: 652, top: 144, width: 272, height: 150 },
  rate: { left: 652, top: 394, width: 272, height: 84 },
}
const lossAlone = {
  loss: { left: 96, top: 144, width: 828, height: 198 },
  rate: { left: 96, top: 418, width: 828, height: 64 },
}

/** The losses of all epochs with the best one marked, the accuracy where there is one, the learning rate. */
export function history({ title, facts, epochs, best }: History): Drawing {
  const hasAccuracy = epochs.some(({ accuracy }) => accuracy !== undefined)
  const frames = hasAccuracy ? withAccuracy : lossAlone
  const losses = pairOf(
    epochs,
    ({ loss }) => loss,
    ({ validationLoss }) => validationLoss,
  )
  const values = losses.flatMap(({ points }) => points.map(([, y]) => y))
  const lossAxis = { ...axisOf(values, frames.loss), title: 'loss' }
  const rates = pairOf(
    epochs,
    ({ learningRate }) => learningRate,
    () => undefined,
  ).map((line) => ({
    ...line,
    name: 'learning rate',
    color: RATE,
  }))
  const x = (frame: Frame) => epochAxis(epochs, frame)
  return {
    width: WIDTH,
    height: HEIGHT,
    body: svg`${textBlock(wrapped(title, WIDTH - 2 * MARGIN, TITLE, 1), MARGIN, 48, TITLE)}
${textBlock(wrapped(facts, WIDTH - 2 * MARGIN, { size: 14 }, 1), MARGIN, 72, { size: 14, fill: MUTED })}
${heading(lossAxis.isLog ? 'Loss, on a logarithmic scale' : 'Loss', frames.loss)}
${chart(frames.loss, { x: x(frames.loss), y: lossAxis }, losses)}
${best ? bestMark(best, frames.loss, { x: x(frames.loss), y: lossAxis }) : empty}
${hasAccuracy ? accuracyChart(epochs, best, withAccuracy.accuracy) : empty}
${chart(frames.rate, { x: x(frames.rate), y: rateAxis(epochs, frames.rate) }, rates)}`,
  }
}

const heading = (content: string, { left, top }: Frame): Svg =>
  text(content, left, top - BELOW_HEADING, HEADING)

function accuracyChart(epochs: readonly Epoch[], best: History['best'], frame: Frame): Svg {
  const lines = pairOf(
    epochs,
    ({ accuracy }) => accuracy,
    ({ validationAccuracy }) => validationAccuracy,
  )
  const lowest = lines.reduce((least, { points }) => points.reduce((a, [, y]) => Math.min(a, y), least), 1)
  const scale = scaleLinear(
    [Math.min(0.9, Math.floor(lowest * 10) / 10), 1],
    [frame.top + frame.height, frame.top],
  )
  const axes = { x: epochAxis(epochs, frame), y: { scale, ticks: scale.ticks(4), title: '' } }
  const line = best && bestLine(axes.x.scale(best.epoch), frame)
  return svg`${heading('Accuracy', frame)}${chart(frame, axes, lines)}${line ?? empty}`
}

/** Two lines of what training and validation gave; the second one only where there is validation. */
function pairOf(
  epochs: readonly Epoch[],
  training: (epoch: Epoch) => number | undefined,
  validation: (epoch: Epoch) => number | undefined,
): Line[] {
  const lineOf = (name: string, color: string, value: (epoch: Epoch) => number | undefined): Line => ({
    name,
    color,
    points: epochs.flatMap((epoch): Point[] => {
      const y = value(epoch)
      return y !== undefined && Number.isFinite(y) ? [[epoch.epoch, y]] : []
    }),
  })
  const lines = [lineOf('training', TRAINING, training), lineOf('validation', VALIDATION, validation)]
  return lines.filter(({ points }) => points.length > 0)
}

/** Lines, and dots for those that are a single point. */
function chart(frame: Frame, axes: { readonly x: Axis; readonly y: Axis }, lines: readonly Line[]): Svg {
  const drawn = lines.map((line) => ({ ...line, points: thinned(line.points, frame.width) }))
  const dots = drawn.flatMap(({ points: [point, ...more], color }) =>
    point && more.length === 0
      ? [svg`<circle cx="${axes.x.scale(point[0])}" cy="${axes.y.scale(point[1])}" r="4" fill="${color}"/>`]
      : [],
  )
  return svg`${lineChart(frame, axes, drawn)}${dots}`
}

/** From the first epoch to the last; room around a single one. */
function epochAxis(epochs: readonly Epoch[], { left, width }: Frame): Axis {
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

/** An axis of losses: logarithmic where they differ by more than a factor, and none is 0 or below. */
function axisOf(
  values: readonly number[],
  { top, height }: Frame,
): Omit<Axis, 'title'> & { readonly isLog: boolean } {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity)
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const range = [top + height, top]
  if (low > 0 && high / low > LOG_RATIO) {
    const [bottom, above] = [low / LOG_ROOM, high * LOG_ROOM]
    return { scale: scaleLog([bottom, above], range), ticks: logTicks(bottom, above), isLog: true }
  }
  const scale = scaleLinear([Math.min(0, low), high > 0 ? high : 1], range).nice(5)
  return { scale, ticks: scale.ticks(5), isLog: false }
}

const MOST_TICKS = 8

/** Powers of ten between two numbers, and 2 and 5 times them where they are few; of too many every second, third, … */
function logTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high))]
  const step = Math.ceil((last - first) / MOST_TICKS)
  const powers: number[] = []
  for (let power = first; power <= last; power += step) powers.push(Number(`1e${power}`))
  const all = powers.length > 4 ? powers : powers.flatMap((power) => [power, 2 * power, 5 * power])
  return all.filter((tick) => tick >= low && tick <= high)
}

function rateAxis(epochs: readonly Epoch[], { top, height }: Frame): Axis {
  const most = epochs.reduce((a, { learningRate }) => Math.max(a, learningRate), 0)
  const scale = scaleLinear([0, most || 1], [top + height, top])
  return { scale, ticks: [0, most || 1], title: '' }
}

const bestLine = (x: number, { top, height }: Frame): Svg =>
  svg`<path d="M${x} ${top}v${height}" stroke="${INK}" stroke-opacity="0.55" stroke-dasharray="3 4"/>`

/** A line down at the best epoch, what it is at its top, where curves seldom are, and a dot at its loss. */
function bestMark(
  { epoch, loss }: NonNullable<History['best']>,
  frame: Frame,
  { x, y }: { x: Axis; y: Axis },
): Svg {
  const [px, py] = [x.scale(epoch), y.scale(loss)]
  const label = `best: epoch ${epoch}, ${readable(loss)}`
  const style = { size: 13, weight: 600 } as const
  const half = textWidth(label, style) / 2 + 6
  const middle = Math.min(frame.left + frame.width - half, Math.max(frame.left + half, px))
  const above = frame.top + 16
  return svg`${bestLine(px, frame)}<rect x="${middle - half}" y="${above - 11}" width="${2 * half}" height="22" rx="4" fill="#fff" fill-opacity="0.9"/>
${text(label, middle, above, { ...style, anchor: 'middle', at: 'middle' })}
<circle cx="${px}" cy="${py}" r="5" fill="#fff" stroke="${INK}" stroke-width="2.25"/>`
}
