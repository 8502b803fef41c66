import { colormaps } from '../colormap.ts'
import type { Size } from '../placement.ts'
import { COLOR_BAR_HEIGHT, colorBar } from './color-bar.ts'
import { type Cell, grid } from './grid.ts'
import { heat, type Plane } from './heat.ts'
import { border, image } from './image.ts'
import { largestMagnitudes } from './largest.ts'
import { readable } from './number.ts'
import { type Bitmap, shownSize, shrunk, zoomOf } from './panel.ts'
import type { Drawing } from './rasterise.ts'
import { ring } from './ring.ts'
import { type Svg, svg } from './svg.ts'
import { lineHeight, MUTED, text, textBlock } from './text.ts'
import { wrapped } from './wrap.ts'

/** Pictures of the same thing, and how much they differ. */
export interface Comparison {
  /** 2 to 6, of the same size mostly */
  readonly panels: readonly { readonly title: string; readonly image: Bitmap }[]
  readonly difference: Plane & {
    readonly title: string
    /** the largest magnitude, where the colours end */
    readonly most: number
  }
  /** what is to be seen */
  readonly sentence: string
}

const MARGIN = 24
const GAP = 24
const SENTENCE = { size: 16 } as const
const SENTENCE_LINES = 6
/** Narrower columns would break titles and scale. */
const NARROWEST = 220
/** From the difference to its colour scale: a ring at the edge stays clear of it. */
const BELOW_PICTURE = 16
/** Size of what stands instead of a scale. */
const NOTE = 13

/** All pictures and their difference side by side, in rows where they are many or wide, and the sentence below. */
export async function comparison({ panels, difference, sentence }: Comparison): Promise<Drawing> {
  const sizes: Size[] = [...panels.map((panel) => panel.image), difference]
  const largest = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  }
  const { columns, room } = arrangement(largest, sizes.length)
  const zoom = zoomOf(largest, room)
  const column = Math.max(NARROWEST, shownSize(largest, zoom).width)
  const cells = panels.map(
    (panel): Cell => ({
      title: panel.title,
      height: shownSize(panel.image, zoom).height,
      draw: (left, top) => picture(panel.image, zoom, left, top),
    }),
  )
  cells.push({
    title: difference.title,
    height: shownSize(difference, zoom).height + BELOW_PICTURE + COLOR_BAR_HEIGHT,
    draw: (left, top) => differencePicture(difference, zoom, left, top),
  })
  const { drawn, bottom } = await grid(cells, { left: MARGIN, top: MARGIN, columns, column, gap: GAP })

  const width = columns * (column + GAP) - GAP
  const lines = wrapped(sentence, width, SENTENCE, SENTENCE_LINES)
  return {
    width: width + 2 * MARGIN,
    height: bottom + lines.length * lineHeight(SENTENCE) + MARGIN,
    body: svg`${drawn}${textBlock(lines, MARGIN, bottom + SENTENCE.size, SENTENCE)}`,
  }
}

/** How many stand in a row, and the room that each has: the wider, the fewer. */
function arrangement({ width, height }: Size, count: number): { columns: number; room: Size } {
  const aspect = width / height
  if (aspect > 5) return { columns: 1, room: { width: 960, height: 480 } }
  if (aspect > 2.5) return { columns: Math.min(count, 2), room: { width: 720, height: 480 } }
  // 4 in two rows of 2, and 7 in 4 and 3
  const columns = count <= 3 ? count : count === 4 ? 2 : count === 7 ? 4 : 3
  return { columns, room: { width: count === 7 ? 360 : 480, height: 480 } }
}

async function picture(bitmap: Bitmap, zoom: number, left: number, top: number): Promise<Svg> {
  const frame = { left, top, ...shownSize(bitmap, zoom) }
  return svg`${await image(await shrunk(bitmap, zoom), frame)}${border(frame)}`
}

/** The magnitudes in colours up to the largest, which is ringed; below them the colours' scale. */
async function differencePicture(
  difference: Comparison['difference'],
  zoom: number,
  left: number,
  top: number,
): Promise<Svg> {
  const frame = { left, top, ...shownSize(difference, zoom) }
  const { plane, peak } = await largestMagnitudes(difference, shownSize(difference, Math.min(1, zoom)))
  const { most } = difference
  const map = colormaps.inferno
  const colors = svg`${await image(heat(plane, map, [0, most]), frame)}${border(frame)}`
  const below = top + frame.height + BELOW_PICTURE
  if (!(most > 0 && most < Infinity)) {
    const note = most === 0 ? 'no difference anywhere' : `largest difference: ${readable(most)}`
    return svg`${colors}${text(note, left, below + NOTE, { size: NOTE, fill: MUTED })}`
  }
  return svg`${colors}${ring({
    x: left + ((peak.x + 0.5) * frame.width) / difference.width,
    y: top + ((peak.y + 0.5) * frame.height) / difference.height,
  })}
${await colorBar({ left, top: below, width: Math.max(frame.width, NARROWEST) }, map, [0, most])}`
}
