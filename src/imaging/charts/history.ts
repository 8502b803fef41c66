import { scaleLinear } from 'd3-scale'
import type { Axis } from './axis.ts'
import { amountAxis, chart, epochAxis, heading, pointsOf } from './curves.ts'
import type { Frame } from './image.ts'
import { type LayersAt, layerCurves, PANEL, panelsOf } from './layer-curves.ts'
import type { Line } from './lines.ts'
import { readable } from './number.ts'
import type { Drawing } from './rasterise.ts'
import { empty, type Svg, svg } from './svg.ts'
import { INK, MUTED, text, textBlock } from './text.ts'
import { textWidth } from './text-width.ts'
import { wrapped } from './wrap.ts'

/** What a chart shows of an epoch. */
export interface Epoch {
  readonly epoch: number
  readonly loss: number
  readonly validationLoss?: number | null | undefined
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
  /** in order; none where nobody looked at them */
  readonly layers: readonly LayersAt[]
  readonly best: { readonly epoch: number; readonly loss: number } | undefined
}

/** Pixels a unit of the drawing. */
export const SCALE = 2
/** A slide of 16:9. */
const WIDTH = 960
const HEIGHT = 540
const MARGIN = 36
const TITLE = { size: 22, weight: 600 } as const
const TRAINING = '#2f6fb7'
const VALIDATION = '#d9652b'
const RATE = '#5b6675'

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

/** Above the frames of losses, and the panels of layers below them. */
const LAYERS_TOP = HEIGHT - 22
const LAYERS = { left: 96, width: 828 }

/**
 * The losses of all epochs with the best one marked, the accuracy where there is one, the learning rate; below them the layers,
 * where it was looked at them.
 */
export function history({ title, facts, epochs, layers, best }: History): Drawing {
  const hasAccuracy = epochs.some(({ accuracy }) => accuracy !== undefined)
  const frames = hasAccuracy ? withAccuracy : lossAlone
  const losses = pairOf(
    epochs,
    ({ loss }) => loss,
    ({ validationLoss }) => validationLoss,
  )
  const values = losses.flatMap(({ points }) => points.map(([, y]) => y))
  const lossAxis = { ...amountAxis(values, frames.loss), title: 'loss' }
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
    height: HEIGHT + PANEL * panelsOf(layers),
    body: svg`${textBlock(wrapped(title, WIDTH - 2 * MARGIN, TITLE, 1), MARGIN, 48, TITLE)}
${textBlock(wrapped(facts, WIDTH - 2 * MARGIN, { size: 14 }, 1), MARGIN, 72, { size: 14, fill: MUTED })}
${heading(lossAxis.isLog ? 'Loss, on a logarithmic scale' : 'Loss', frames.loss)}
${chart(frames.loss, { x: x(frames.loss), y: lossAxis }, losses)}
${best ? bestMark(best, frames.loss, { x: x(frames.loss), y: lossAxis }) : empty}
${hasAccuracy ? accuracyChart(epochs, best, withAccuracy.accuracy) : empty}
${chart(frames.rate, { x: x(frames.rate), y: rateAxis(epochs, frames.rate) }, rates)}
${panelsOf(layers) > 0 ? layerCurves(layers, LAYERS, LAYERS_TOP) : empty}`,
  }
}

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
  validation: (epoch: Epoch) => number | null | undefined,
): Line[] {
  const lineOf = (name: string, color: string, value: (epoch: Epoch) => number | null | undefined): Line => ({
    name,
    color,
    points: pointsOf(epochs, value),
  })
  const lines = [lineOf('training', TRAINING, training), lineOf('validation', VALIDATION, validation)]
  return lines.filter(({ points }) => points.length > 0)
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
