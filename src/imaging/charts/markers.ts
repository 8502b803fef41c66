import { schemeTableau10 } from 'd3-scale-chromatic'
import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTimes,
  symbolTriangle,
  symbolWye,
} from 'd3-shape'
import { type Svg, svg } from './svg.ts'

/** What a class looks like: the colour tells it from nine others, the marker from six. */
export interface ClassStyle {
  readonly color: string
  /** outline of the marker about (0, 0), about one unit wide */
  readonly marker: 'filled' | 'stroked'
  readonly type: SymbolType
}

/** Blue and orange first: they are told apart by everybody. */
const colors = [0, 1, 4, 3, 6, 2, 9, 5, 8, 7].map((i) => schemeTableau10[i] ?? '#000')

const markers = [
  { type: symbolCircle, marker: 'filled' },
  { type: symbolTimes, marker: 'stroked' },
  { type: symbolTriangle, marker: 'filled' },
  { type: symbolSquare, marker: 'filled' },
  { type: symbolDiamond, marker: 'filled' },
  { type: symbolStar, marker: 'filled' },
  { type: symbolWye, marker: 'filled' },
] as const

/** The style of class `k`. */
export function styleOf(k: number): ClassStyle {
  const { type, marker } = markers[k % markers.length] ?? markers[0]
  return { color: colors[k % colors.length] ?? '#000', type, marker }
}

/** A class's marker at a place: dark in its colour, with a light edge that keeps it apart from what lies below. `size`: about its width. */
export function marker(
  { color, type, marker }: ClassStyle,
  { x, y }: { x: number; y: number },
  size: number,
): Svg {
  const area = marker === 'stroked' ? 0.75 * size ** 2 : 0.95 * size ** 2
  const outline = symbol(type, area).digits(2)() ?? ''
  const ink = darker(color)
  const place = `translate(${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100})`
  return marker === 'stroked'
    ? svg`<g transform="${place}" fill="none" stroke-linecap="round"><path d="${outline}" stroke="#fff" stroke-width="${0.44 * size}"/><path d="${outline}" stroke="${ink}" stroke-width="${0.25 * size}"/></g>`
    : svg`<path transform="${place}" d="${outline}" fill="${ink}" stroke="#fff" stroke-width="${0.12 * size}"/>`
}

/** Three quarters of the light. */
function darker(color: string): string {
  const channels = channelsOf(color).map((channel) => Math.round(0.72 * channel))
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** Red, green and blue of `#rrggbb`. */
export const channelsOf = (color: string): readonly [number, number, number] => [
  Number.parseInt(color.slice(1, 3), 16),
  Number.parseInt(color.slice(3, 5), 16),
  Number.parseInt(color.slice(5, 7), 16),
]
