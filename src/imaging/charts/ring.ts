import { type Svg, svg } from './svg.ts'

/** Large enough not to hide what it marks. */
export const RING_RADIUS = 11

/** A ring around a place, white between dark lines: seen on every colour. */
export const ring = ({ x, y }: { readonly x: number; readonly y: number }): Svg =>
  svg`<circle cx="${x}" cy="${y}" r="${RING_RADIUS}" fill="none" stroke="#000" stroke-width="5"/>
<circle cx="${x}" cy="${y}" r="${RING_RADIUS}" fill="none" stroke="#fff" stroke-width="2.5"/>`
