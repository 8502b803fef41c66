import { colormaps } from '../colormap.ts'
import type { Maps } from '../maps.ts'
import { ramp } from './color-bar.ts'
import { drawMaps, mapsHeight, NOT_FINITE } from './maps.ts'
import type { Drawing } from './rasterise.ts'
import { type Svg, svg } from './svg.ts'
import { lineHeight, MUTED, text, textBlock } from './text.ts'
import { textWidth } from './text-width.ts'
import { wrapped } from './wrap.ts'

export { SCALE } from './maps.ts'

/** One sample on its way through a network. */
export interface TracePlot {
  readonly title: string
  /** below the title */
  readonly facts: readonly string[]
  /** first to last: values with their gradients, or in a sentence what is left out */
  readonly rows: readonly (TraceRow | string)[]
}

export interface TraceRow {
  readonly title: string
  /** below it */
  readonly facts: string
  readonly formula: string | undefined
  /** what, and how much: two in a line */
  readonly numbers: readonly (readonly [label: string, value: string])[]
  readonly values: Maps
  readonly gradient: Maps
  /** of a strip's numbers */
  readonly labels: readonly string[] | undefined
}

const WIDTH = 960
const MARGIN = 32
const GAP = 24
const MAPS = 300
const TEXT = WIDTH - 2 * MARGIN - 2 * (MAPS + GAP)
const LEFT = { text: MARGIN, values: MARGIN + TEXT + GAP, gradient: MARGIN + TEXT + MAPS + 2 * GAP } as const
const TITLE = { size: 22, weight: 600 } as const
const FACT = { size: 14 } as const
const HEADING = { size: 13, weight: 600 } as const
const NOTE = { size: 12, fill: MUTED } as const
/** Above and below each row. */
const PADDING = 16
const NAME = { size: 15, weight: 600 } as const
const LINE = { size: 12.5 } as const
/** Where the second number of a line, and after their labels the numbers begin. */
const SECOND = 128
const AFTER_LABEL = { first: 40, second: 58 } as const
const RAMP = { width: 84, height: 10 } as const
const colors = { values: colormaps.viridis, gradient: colormaps.rdbu } as const
const RULE = '#d7dce3'

/** Header, legend, and a row for each layer. */
export async function trace({ title, facts, rows }: TracePlot): Promise<Drawing> {
  const lines = facts.flatMap((fact) => wrapped(fact, WIDTH - 2 * MARGIN, FACT, 2))
  const head = 48 + lines.length * lineHeight(FACT) + 10
  const shrunk = rows.some((row) => typeof row !== 'string' && (row.values.shrunk || row.gradient.shrunk))
  const legend = await legendOf(head, shrunk)
  const drawn: Svg[] = []
  let top = legend.bottom
  for (const row of rows) {
    drawn.push(rule(top))
    const { body, height } = await (typeof row === 'string' ? gap(row, top) : layer(row, top + PADDING))
    drawn.push(body)
    top += height + 2 * PADDING
  }
  return {
    width: WIDTH,
    height: Math.ceil(top + MARGIN - PADDING),
    body: svg`${textBlock(wrapped(title, WIDTH - 2 * MARGIN, TITLE, 1), MARGIN, 46, TITLE)}
${textBlock(lines, MARGIN, 48 + lineHeight(FACT), FACT)}
${legend.body}${drawn}`,
  }
}

const rule = (top: number): Svg =>
  svg`<path d="M${MARGIN} ${Math.round(top)}h${WIDTH - 2 * MARGIN}" stroke="${RULE}"/>`

interface Part {
  readonly body: Svg
  readonly height: number
}

/** Headings of the columns, and what their colours mean. */
async function legendOf(
  top: number,
  shrunk: boolean,
): Promise<{ readonly body: Svg; readonly bottom: number }> {
  const base = top + 26
  const notes = wrapped(
    `Colours have a scale of their own in every row: its ends stand below the maps.${shrunk ? ' A pixel of a map that is shrunk shows the largest magnitude in it.' : ''}`,
    TEXT,
    NOTE,
    5,
  )
  const swatch = { left: LEFT.text, top: base + 9 + notes.length * lineHeight(NOTE), width: 10, height: 10 }
  const body = svg`${textBlock(notes, LEFT.text, base, NOTE)}
<rect x="${swatch.left}" y="${swatch.top - 9}" width="${swatch.width}" height="${swatch.height}" fill="${NOT_FINITE}"/>
${text('NaN or ±∞', swatch.left + 18, swatch.top, NOTE)}
${text('output y', LEFT.values, base, HEADING)}${await scale(LEFT.values, base + 24, colors.values, ['least', 'largest'])}
${text('its gradient ∂L/∂y', LEFT.gradient, base, HEADING)}${await scale(LEFT.gradient, base + 24, colors.gradient, ['−m', 'm', 'm: the largest magnitude'])}`
  return { body, bottom: swatch.top + 12 }
}

async function scale(
  left: number,
  base: number,
  colormap: (typeof colors)[keyof typeof colors],
  [low, high, more = '']: readonly [low: string, high: string, more?: string],
): Promise<Svg> {
  const from = left + textWidth(low, NOTE) + 7
  const frame = { left: from, top: base - RAMP.height + 0.5, ...RAMP }
  const after = from + RAMP.width + 7
  return svg`${text(low, left, base, NOTE)}${await ramp(frame, colormap)}
${text(high, after, base, NOTE)}${text(more, after + textWidth(high, NOTE) + 14, base, NOTE)}`
}

/** What stands in place of the layers that are left out. */
async function gap(sentence: string, top: number): Promise<Part> {
  const lines = wrapped(sentence, WIDTH - 2 * MARGIN, FACT, 2)
  return {
    body: svg`${textBlock(lines, MARGIN, top + PADDING + FACT.size - 2, { ...FACT, fill: MUTED })}`,
    height: lines.length * lineHeight(FACT) - 4,
  }
}

async function layer(row: TraceRow, top: number): Promise<Part> {
  const words = about(row, top)
  const { values, gradient, labels } = row
  const heights = [words.height, mapsHeight(values, labels), mapsHeight(gradient, labels)]
  return {
    body: svg`${words.body}
${await drawMaps(values, colors.values, { left: LEFT.values, top }, labels)}
${await drawMaps(gradient, colors.gradient, { left: LEFT.gradient, top }, labels)}`,
    height: Math.max(...heights),
  }
}

/** Name, kind, formula, numbers. */
function about({ title, facts, formula, numbers }: TraceRow, top: number): Part {
  const step = lineHeight(LINE)
  const parts: Svg[] = []
  let base = top + NAME.size - 4
  const name = wrapped(title, TEXT, NAME, 2)
  parts.push(...textBlock(name, LEFT.text, base, NAME))
  base += (name.length - 1) * lineHeight(NAME) + 20
  const lines = [
    ...wrapped(facts, TEXT, LINE, 2),
    ...(formula === undefined ? [] : wrapped(formula, TEXT, LINE, 3)),
  ]
  parts.push(...textBlock(lines, LEFT.text, base, { ...LINE, fill: MUTED }))
  base += lines.length * step + 5
  numbers.forEach(([label, value], i) => {
    const x = LEFT.text + (i % 2) * SECOND
    const y = base + Math.floor(i / 2) * step
    parts.push(text(label, x, y, { ...LINE, fill: MUTED }))
    parts.push(text(value, x + (i % 2 === 0 ? AFTER_LABEL.first : AFTER_LABEL.second), y, LINE))
  })
  return { body: svg`${parts}`, height: base + (Math.ceil(numbers.length / 2) - 1) * step + 4 - top }
}
