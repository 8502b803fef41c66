import { scaleLinear } from 'd3-scale'
import { type Axis, BOTTOM_AXIS, bottomAxis, gridAcross, leftAxis } from './axis.ts'
import { grid } from './grid.ts'
import type { Frame } from './image.ts'
import type { Drawing } from './rasterise.ts'
import { type Svg, svg } from './svg.ts'
import { lineHeight, MUTED, text, textBlock } from './text.ts'
import { wrapped } from './wrap.ts'

/** How some numbers lie, in bins of equal width. */
export interface HistogramPanel {
  readonly title: string
  /** what its axis shows */
  readonly values: string
  /** edges of the first and the last bin; NaN where there are no numbers */
  readonly min: number
  readonly max: number
  readonly counts: readonly number[]
  /** what is to be looked at stands out */
  readonly mark: 'plain' | 'striking'
}

/** Small multiples, and what they tell. */
export interface Histograms {
  readonly title: string
  readonly sentences: readonly string[]
  readonly panels: readonly HistogramPanel[]
}

/** Pixels a unit of the drawing. */
export const SCALE = 2
const WIDTH = 960
const MARGIN = 36
const COLUMNS = 3
const GAP = 24
const COLUMN = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS
/** Left of a frame, for the axis. */
const AXIS = 56
const HEIGHT = 110
const TITLE = { size: 22, weight: 600 } as const
const SENTENCE = { size: 14, fill: MUTED } as const
const MOST_SENTENCES = 8
const colors = { plain: '#2f6fb7', striking: '#d9652b' } as const

/** One chart for each panel, three in a row. */
export async function histograms({ title, sentences, panels }: Histograms): Promise<Drawing> {
  const more = sentences.length - MOST_SENTENCES
  const said = more > 0 ? [...sentences.slice(0, MOST_SENTENCES), `And ${more} more.`] : sentences
  const lines = said.flatMap((one) => wrapped(one, WIDTH - 2 * MARGIN, SENTENCE, 2))
  const top = 64 + lines.length * lineHeight(SENTENCE) + 16
  const cells = panels.map((panel) => ({
    title: panel.title,
    height: HEIGHT + BOTTOM_AXIS,
    draw: async (left: number, from: number) =>
      chart(panel, { left: left + AXIS, top: from, width: COLUMN - AXIS, height: HEIGHT }),
  }))
  const { drawn, bottom } = await grid(cells, {
    left: MARGIN,
    top,
    columns: COLUMNS,
    column: COLUMN,
    gap: GAP,
  })
  return {
    width: WIDTH,
    height: Math.ceil(bottom) + MARGIN - GAP,
    body: svg`${textBlock(wrapped(title, WIDTH - 2 * MARGIN, TITLE, 1), MARGIN, 44, TITLE)}
${textBlock(lines, MARGIN, 72, SENTENCE)}
${drawn}`,
  }
}

function chart({ min, max, counts, values, mark }: HistogramPanel, frame: Frame): Svg {
  const { left, top, width, height } = frame
  const total = counts.reduce((a, b) => a + b, 0)
  if (total === 0)
    return text('no finite numbers', left, top + height / 2, { size: 13, fill: MUTED, at: 'middle' })
  const largest = (100 * Math.max(...counts)) / total
  const y = scaleLinear([0, largest], [top + height, top]).nice(2)
  // numbers that are all alike stand in the middle of an axis of their own
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max]
  const x = scaleLinear([low, high], [left, left + width])
  const shareAxis: Axis = { scale: y, ticks: y.ticks(2), title: '%' }
  const step = (high - low) / counts.length
  const bars = counts.flatMap((count, i) => {
    if (count === 0) return []
    const from = min === max ? x(min) - 2 : x(low + i * step)
    const to = min === max ? x(min) + 2 : x(low + (i + 1) * step)
    const at = y((100 * count) / total)
    return svg`<rect x="${from}" y="${at}" width="${Math.max(1, to - from - 0.75)}" height="${top + height - at}" fill="${colors[mark]}"/>`
  })
  return svg`${gridAcross(frame, shareAxis)}${bars}
<path d="M${left} ${top + height}h${width}" stroke="#8a94a1"/>
${bottomAxis(frame, { scale: x, ticks: x.ticks(3), title: values })}
${leftAxis(frame, shareAxis)}`
}
