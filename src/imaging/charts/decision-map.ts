import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { type Axis, bottomAxis, leftAxis } from './axis.ts'
import { border, type Frame, image } from './image.ts'
import { type ClassStyle, channelsOf, marker, styleOf } from './markers.ts'
import { readable } from './number.ts'
import type { Drawing } from './rasterise.ts'
import { type ClassGrid, regions, type Shading } from './regions.ts'
import { type Svg, svg } from './svg.ts'
import { INK, MUTED, text, textBlock } from './text.ts'
import { wrapped } from './wrap.ts'

/** What a classifier says in a plane of two of its inputs. */
export interface DecisionPlot {
  readonly title: string
  /** a line below the title */
  readonly facts: string
  readonly classNames: readonly string[]
  readonly axisTitles: { readonly x: string; readonly y: string }
  readonly view: { readonly x: readonly [number, number]; readonly y: readonly [number, number] }
  readonly grid: ClassGrid
  readonly boundaries: readonly (readonly (readonly [x: number, y: number])[])[]
  readonly points: readonly PlottedPoint[]
  /** of the regions, from 0 to 1 */
  readonly opacity: number
  readonly shading: Shading
}

export interface PlottedPoint {
  readonly x: number
  readonly y: number
  /** its true class, where that is known */
  readonly label: number | undefined
  /** what it is taken for */
  readonly predicted: number
}

/** Pixels a unit of the drawing. */
export const SCALE = 2
const HEIGHT = 540
const MARGIN = 28
const LEFT = 84
const TOP = 96
const MAP_HEIGHT = 376
/** Narrowest and widest map, beside its height. */
const ASPECTS = [0.8, 1.7] as const
const TITLE = { size: 22, weight: 600 } as const
const FACTS = { size: 14, fill: MUTED } as const
const SIDE_GAP = 32
const SIDE_WIDTH = 210
const BOUNDARY_WIDTH = 2.25

export async function decisionMap(plot: DecisionPlot): Promise<Drawing> {
  const { view, grid } = plot
  const aspect = (view.x[1] - view.x[0]) / (view.y[1] - view.y[0])
  const width = Math.round(MAP_HEIGHT * Math.min(ASPECTS[1], Math.max(ASPECTS[0], aspect)))
  const frame = { left: LEFT, top: TOP, width, height: MAP_HEIGHT }
  const x = scaleLinear(view.x, [frame.left, frame.left + width])
  const y = scaleLinear(view.y, [frame.top + frame.height, frame.top])
  const styles = plot.classNames.map((_, k) => styleOf(k))
  const picture = await regions(
    grid,
    { colors: styles.map(({ color }) => color), opacity: plot.opacity, shading: plot.shading },
    { width: SCALE * width, height: SCALE * MAP_HEIGHT },
  )
  const whole = LEFT + width + SIDE_GAP + SIDE_WIDTH + MARGIN
  const side = { left: LEFT + width + SIDE_GAP, top: TOP, width: SIDE_WIDTH, height: MAP_HEIGHT }
  const axes: { readonly x: Axis; readonly y: Axis } = {
    x: { scale: x, ticks: x.ticks(Math.round(width / 75)), title: plot.axisTitles.x },
    y: { scale: y, ticks: y.ticks(6), title: plot.axisTitles.y },
  }
  return {
    width: whole,
    height: HEIGHT,
    body: svg`${textBlock(wrapped(plot.title, whole - 2 * MARGIN, TITLE, 1), MARGIN, 44, TITLE)}
${textBlock(wrapped(plot.facts, whole - 2 * MARGIN, FACTS, 1), MARGIN, 68, FACTS)}
${await image(picture, frame)}
<clipPath id="map"><rect x="${frame.left}" y="${frame.top}" width="${width}" height="${frame.height}"/></clipPath>
<g clip-path="url(#map)">${boundaryLines(plot.boundaries, x, y)}</g>
${border(frame)}${bottomAxis(frame, axes.x)}${leftAxis(frame, axes.y)}
${pointMarks(plot.points, styles, x, y)}
${legend(plot, styles, side)}`,
  }
}

type Scale = (value: number) => number

/** A light edge keeps the lines apart from dark regions. */
function boundaryLines(boundaries: DecisionPlot['boundaries'], x: Scale, y: Scale): Svg[] {
  const path = line<readonly [number, number]>(
    ([px]) => x(px),
    ([, py]) => y(py),
  ).digits(2)
  const paths = boundaries.map((points) => path(points) ?? '')
  return [
    ...paths.map((d) => boundaryStroke(d, '#fff', BOUNDARY_WIDTH + 2)),
    ...paths.map((d) => boundaryStroke(d, INK, BOUNDARY_WIDTH)),
  ]
}

const boundaryStroke = (d: string, color: string, width: number): Svg =>
  svg`<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"/>`

/** Many points are drawn smaller. */
const markerSize = (count: number): number => Math.max(4, Math.min(11, 40 / Math.sqrt(count / 4 + 1) + 3))

const isWrong = ({ label, predicted }: PlottedPoint): boolean => label !== undefined && label !== predicted

/** All points, and above them those that are misclassified with their rings. */
function pointMarks(
  points: readonly PlottedPoint[],
  styles: readonly ClassStyle[],
  x: Scale,
  y: Scale,
): Svg[] {
  const size = markerSize(points.length)
  const mark = (point: PlottedPoint): Svg => {
    const place = { x: x(point.x), y: y(point.y) }
    return svg`${isWrong(point) ? wrongRing(place, size) : []}${point.label === undefined ? dot(place, size) : marker(styles[point.label] ?? styleOf(0), place, size)}`
  }
  return [...points.filter((point) => !isWrong(point)), ...points.filter(isWrong)].map(mark)
}

/** A point whose class nobody said. */
const dot = ({ x, y }: { x: number; y: number }, size: number): Svg =>
  svg`<circle cx="${x}" cy="${y}" r="${0.4 * size}" fill="#fff" stroke="${INK}" stroke-width="${0.16 * size}"/>`

const WRONG = '#c9184a'

const wrongRing = ({ x, y }: { x: number; y: number }, size: number): Svg =>
  svg`<circle cx="${x}" cy="${y}" r="${0.95 * size}" fill="#fff" fill-opacity="0.65" stroke="#fff" stroke-width="${0.44 * size}"/>
<circle cx="${x}" cy="${y}" r="${0.95 * size}" fill="none" stroke="${WRONG}" stroke-width="${0.22 * size}"/>`

const ROW = 26
const LABEL = { size: 14 } as const
const HEADING = { size: 13, weight: 600, fill: MUTED } as const
const SAMPLE = 10
/** Classes that have a line of their own. */
const MOST_LISTED = 9

function legend(plot: DecisionPlot, styles: readonly ClassStyle[], side: Frame): Svg {
  const { classNames, points, boundaries } = plot
  const parts: Svg[] = []
  let at = side.top + 10
  const row = (sample: (place: { x: number; y: number }) => Svg, label: string): void => {
    parts.push(sample({ x: side.left + 12, y: at }))
    const [first = ''] = wrapped(label, side.width - 34, LABEL, 1)
    parts.push(text(first, side.left + 34, at, { ...LABEL, at: 'middle' }))
    at += ROW
  }
  const heading = (label: string): void => {
    parts.push(text(label, side.left, at, { ...HEADING, at: 'middle' }))
    at += ROW
  }
  heading('CLASSES')
  classNames.slice(0, MOST_LISTED).forEach((name, k) => {
    const count = points.filter(({ label }) => label === k).length
    const style = styles[k] ?? styleOf(k)
    row((place) => classSample(style, place, plot.opacity), count > 0 ? `${name} (${count})` : name)
  })
  if (classNames.length > MOST_LISTED) row(() => svg``, `and ${classNames.length - MOST_LISTED} more`)
  at += 8
  const wrong = points.filter(isWrong).length
  if (points.some(({ label }) => label !== undefined))
    row((place) => wrongRing(place, 9), `misclassified (${wrong})`)
  if (points.some(({ label }) => label === undefined)) row((place) => dot(place, 11), 'point')
  if (boundaries.length > 0)
    row(({ x, y }) => boundaryStroke(`M${x - 11} ${y}h22`, INK, BOUNDARY_WIDTH), 'decision boundary')
  if (plot.shading === 'probability') {
    at += 8
    heading('PROBABILITY OF THE CLASS')
    parts.push(strengths(plot, styles, { left: side.left, top: at - 8, width: side.width }))
  }
  return svg`${parts}`
}

/** The region's colour with the class's marker on it. */
const classSample = (style: ClassStyle, { x, y }: { x: number; y: number }, opacity: number): Svg =>
  svg`<rect x="${x - 12}" y="${y - 10}" width="24" height="20" rx="4" fill="${mixed(style.color, opacity)}"/>${marker(style, { x, y }, SAMPLE)}`

/** The colours from a guess to certainty, of two classes from one to the other. */
function strengths(
  { classNames, opacity }: DecisionPlot,
  styles: readonly ClassStyle[],
  { left, top, width }: Omit<Frame, 'height'>,
): Svg {
  const [first, second] = styles
  if (!first || !second) return svg``
  const half = width / 2
  const two = classNames.length === 2
  const stop = (offset: number, color: string, strength: number): Svg =>
    svg`<stop offset="${offset}" stop-color="${mixed(color, opacity * strength)}"/>`
  const stops = two
    ? [
        stop(0, first.color, 1),
        stop(0.5, first.color, 0.25),
        stop(0.5, second.color, 0.25),
        stop(1, second.color, 1),
      ]
    : [stop(0, '#5b6675', 0.25), stop(1, '#5b6675', 1)]
  const labels: readonly (readonly [number, 'start' | 'middle' | 'end', string])[] = two
    ? [
        [left, 'start', '1'],
        [left + half, 'middle', '½'],
        [left + width, 'end', '1'],
      ]
    : [
        [left, 'start', readable(1 / classNames.length)],
        [left + width, 'end', '1'],
      ]
  return svg`<linearGradient id="strength">${stops}</linearGradient>
<rect x="${left}" y="${top}" width="${width}" height="12" fill="url(#strength)"/>${border({ left, top, width, height: 12 })}
${two ? svg`<path d="M${left + half} ${top}v12" stroke="${INK}" stroke-width="1.5"/>` : svg``}
${labels.map(([px, anchor, label]) => text(label, px, top + 28, { size: 13, anchor }))}`
}

/** A colour on white. */
function mixed(color: string, alpha: number): string {
  const channels = channelsOf(color).map((channel) => Math.round(255 + alpha * (channel - 255)))
  return `rgb(${channels.join(',')})`
}
