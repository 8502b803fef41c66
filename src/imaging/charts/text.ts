import { CAPITAL } from './font.ts'
import { type Svg, svg } from './svg.ts'
import type { Type } from './text-width.ts'

/** How a line of text stands. */
export interface TextStyle extends Type {
  /** near black unless said */
  readonly fill?: string
  /** what x is: where the line starts (unless said), its middle or its end */
  readonly anchor?: 'start' | 'middle' | 'end'
  /** what y is: the base line (unless said), or half the height of a capital above it */
  readonly at?: 'base' | 'middle'
}

/** Colours of text and lines. */
export const INK = '#1c2430'
export const MUTED = '#5b6675'

/** One line of text. */
export function text(content: string, x: number, y: number, style: TextStyle): Svg {
  const { size, weight = 400, fill = INK, anchor = 'start', at = 'base' } = style
  const base = at === 'middle' ? y + (CAPITAL * size) / 2 : y
  return svg`<text x="${x}" y="${base}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${content}</text>`
}

/** Lines below each other, the first one's base line at y. */
export const textBlock = (lines: readonly string[], x: number, y: number, style: TextStyle): Svg[] =>
  lines.map((line, i) => text(line, x, y + i * lineHeight(style), style))

export const lineHeight = ({ size }: Type): number => Math.round(1.4 * size)
