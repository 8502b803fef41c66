import type { Colormap } from '../colormap.ts'
import type { Maps, Tile } from '../maps.ts'
import type { Picture } from '../render.ts'
import { ramp } from './color-bar.ts'
import { colorOf } from './heat.ts'
import { border, type Frame, image } from './image.ts'
import { readable } from './number.ts'
import { type Svg, svg } from './svg.ts'
import { inkOn } from './table.ts'
import { MUTED, text } from './text.ts'
import { textWidth } from './text-width.ts'

/** Pixels a unit of the drawing: maps come with their sizes in pixels. */
export const SCALE = 2

/** Magenta, for what is not a finite number: no colour of the maps used is near it. */
export const NOT_FINITE = '#ff1fc7'
const NOT_FINITE_CHANNELS = [0xff, 0x1f, 0xc7] as const

const LABEL = { size: 12, fill: MUTED } as const
const LABEL_HEIGHT = 18
const CAPTION = { size: 12 } as const
const CAPTION_HEIGHT = 22
const RAMP = { width: 56, height: 7 } as const
const SPACE = 7
const CELL_TEXT = { largest: 12, least: 9.5 } as const

/** Names below the numbers of a strip, as many. */
type Labels = readonly string[] | undefined

/** Height of maps with what stands below them. */
export const mapsHeight = (maps: Maps, labels: Labels): number =>
  maps.size.height / SCALE + (fits(maps, labels) ? LABEL_HEIGHT : 0) + CAPTION_HEIGHT

/** Maps in colours, numbers on their cells where they fit; below them names, and where the colours begin and end. */
export async function drawMaps(
  maps: Maps,
  colormap: Colormap,
  { left, top }: Pick<Frame, 'left' | 'top'>,
  labels: Labels,
): Promise<Svg> {
  const cell = { width: maps.cell.width / SCALE, height: maps.cell.height / SCALE }
  const frames = maps.tiles.map((tile) => ({
    left: left + tile.left / SCALE,
    top: top + tile.top / SCALE,
    width: tile.columns * cell.width,
    height: tile.rows * cell.height,
  }))
  // where tiles touch, the pictures hide the lines around their neighbours
  const drawn = frames.map(border)
  for (const [i, tile] of maps.tiles.entries()) {
    const frame = frames[i]
    if (frame) drawn.push(await image(painted(tile, colormap), frame))
  }
  const [line] = frames
  if (line && isLine(maps)) drawn.push(rules(line, maps.tiles[0]?.columns ?? 1))
  const bottom = top + maps.size.height / SCALE
  const named = fits(maps, labels)
    ? labels?.map((label, k) =>
        text(label, left + (k + 0.5) * cell.width, bottom + LABEL_HEIGHT - 3, { ...LABEL, anchor: 'middle' }),
      )
    : undefined
  const below = bottom + (named ? LABEL_HEIGHT : 0)
  return svg`${drawn}${cellNumbers(maps, frames, colormap)}${named ?? []}
${await caption(maps, colormap, left, below + CAPTION_HEIGHT - 5)}`
}

/** Levels as their colours. */
function painted({ columns, rows, levels }: Tile, { table }: Colormap): Picture {
  const pixels = new Uint8Array(columns * rows * 3)
  levels.forEach((level, i) => {
    for (let channel = 0; channel < 3; channel++)
      pixels[3 * i + channel] =
        level < 0 ? (NOT_FINITE_CHANNELS[channel] ?? 0) : (table[3 * level + channel] ?? 0)
  })
  return { width: columns, height: rows, pixels }
}

/** Whether it is a strip of a single line. */
const isLine = ({ tiles, shrunk }: Maps): boolean => tiles.length === 1 && tiles[0]?.rows === 1 && !shrunk

/** Thin lines between the cells of a strip. */
function rules({ left, top, width, height }: Frame, cells: number): Svg {
  const lines = Array.from(
    { length: cells - 1 },
    (_, i) => `M${left + ((i + 1) * width) / cells} ${top}v${height}`,
  )
  return svg`<path d="${lines.join('')}" stroke="#aab2bd" stroke-width="0.75"/>`
}

/** Whether every name is narrower than its number's cell. */
const fits = (maps: Maps, labels: Labels): boolean =>
  labels !== undefined &&
  isLine(maps) &&
  labels.length === maps.count &&
  labels.every((label) => textWidth(label, LABEL) <= maps.cell.width / SCALE - 4)

/** The numbers themselves, all in one size, if all of them fit. */
function cellNumbers(maps: Maps, frames: readonly Frame[], colormap: Colormap): Svg[] {
  const labels = maps.numbers?.map((value) => (Number.isNaN(value) ? 'NaN' : readable(value)))
  if (!labels) return []
  const cell = { width: maps.cell.width / SCALE, height: maps.cell.height / SCALE }
  const widest = Math.max(...labels.map((label) => textWidth(label, { size: 1 })))
  const size = Math.min(CELL_TEXT.largest, (cell.width - 5) / widest, 0.7 * cell.height)
  if (size < CELL_TEXT.least) return []
  let first = 0
  return maps.tiles.flatMap(({ columns, levels }, t) => {
    const { left = 0, top = 0 } = frames[t] ?? {}
    const from = first
    first += levels.length
    return Array.from(levels, (level, i) =>
      text(
        labels[from + i] ?? '',
        left + ((i % columns) + 0.5) * cell.width,
        top + (Math.floor(i / columns) + 0.5) * cell.height,
        {
          size,
          fill: inkOn(level < 0 ? NOT_FINITE_CHANNELS : colorOf(colormap, level)),
          anchor: 'middle',
          at: 'middle',
        },
      ),
    )
  })
}

/** What a line below maps says. */
export function captionOf({ low, high, count, notFinite, more }: Maps): {
  /** one number, or the ends of the colours */
  readonly limits: readonly string[]
  readonly more: string | undefined
  readonly notFinite: string | undefined
} {
  const unusable = notFinite > 0 ? `${notFinite === count ? 'all ' : ''}${notFinite} NaN or ±∞` : undefined
  return {
    limits:
      notFinite === count
        ? []
        : low === high
          ? [count === 1 ? readable(high) : `all ${readable(high)}`]
          : [readable(low), readable(high)],
    more: more > 0 ? `+${more} more` : undefined,
    notFinite: unusable,
  }
}

async function caption(maps: Maps, colormap: Colormap, left: number, base: number): Promise<Svg> {
  const { limits, more, notFinite } = captionOf(maps)
  const [low = '', high] = limits
  const parts: Svg[] = []
  let x = left
  const say = (content: string, fill?: string): void => {
    parts.push(text(content, x, base, { ...CAPTION, ...(fill && { fill }) }))
    x += textWidth(content, CAPTION) + SPACE
  }
  if (low !== '') say(low)
  if (high !== undefined) {
    parts.push(await ramp({ left: x, top: base - RAMP.height - 1, ...RAMP }, colormap))
    x += RAMP.width + SPACE
    say(high)
  }
  for (const [content, fill] of [
    [more, MUTED],
    [notFinite, '#b3008a'],
  ] as const) {
    if (content === undefined) continue
    if (parts.length > 0) x += SPACE
    say(content, fill)
  }
  return svg`${parts}`
}
