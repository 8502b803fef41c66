import { scaleLinear } from 'd3-scale'
import { colormaps } from '../colormap.ts'
import { resizeBilinear } from '../resize-bilinear.ts'
import { type Axis, BOTTOM_AXIS, bottomAxis, leftAxis } from './axis.ts'
import { colorBar } from './color-bar.ts'
import { heat } from './heat.ts'
import { border, type Frame, image } from './image.ts'
import { type Line, lineChart } from './lines.ts'
import { readable } from './number.ts'
import type { Drawing } from './rasterise.ts'
import { type Svg, svg } from './svg.ts'
import { matrixTable } from './table.ts'
import { MUTED, text, textBlock } from './text.ts'
import { wrapped } from './wrap.ts'

/** A kernel and how much of each frequency it lets through. */
export interface Response {
  readonly title: string
  /** |H| from −½ to ½ cycles a pixel with both ends, side × side, row by row; 0 in the middle, so the side is odd */
  readonly magnitude: { readonly side: number; readonly values: Float64Array }
  readonly kernel: { readonly rows: number; readonly columns: number; readonly data: Float64Array }
  /** of the kernel's entries: the gain of a uniform picture */
  readonly sum: number
}

/** Pixels a unit of the drawing. */
export const SCALE = 2
/** A slide of 16:9. */
const WIDTH = 960
const HEIGHT = 540
const TITLE = { size: 22, weight: 600 } as const
const HEADING = { size: 14, weight: 600 } as const

const plane: Frame = { left: 84, top: 112, width: 320, height: 320 }
const chart: Frame = { left: 520, top: 136, width: 404, height: 118 }
const table: Frame = { left: 520, top: 340, width: 404, height: 176 }

const frequencies = [-0.5, -0.25, 0, 0.25, 0.5]

/** The response as a heat map, its two axes as lines, and the kernel. */
export async function response({ title, magnitude, kernel, sum }: Response): Promise<Drawing> {
  const largest = magnitude.values.reduce((a, b) => Math.max(a, b), 0)
  // 1 and the rounding of a sum are 1
  const top = Number(largest.toPrecision(6)) || 1
  const lines = wrapped(title, WIDTH - 72, TITLE, 1)
  const facts = `${kernel.rows}×${kernel.columns} kernel · sum of its entries, the gain of a uniform picture: ${readable(withoutRounding(sum, kernel.data))}`
  return {
    width: WIDTH,
    height: HEIGHT,
    body: svg`${textBlock(lines, 36, 48, TITLE)}
${text(facts, 36, 72, { size: 14, fill: MUTED })}
${text('Gain |H| of each frequency', plane.left, plane.top - 12, HEADING)}
${await responsePlane(magnitude, top)}
${text('Gain along the axes', chart.left, chart.top - 36, HEADING)}
${lineChart(chart, profileAxes(top), profiles(magnitude))}
${text(`Kernel, ${range(kernel.data)}`, table.left, table.top - 12, HEADING)}
${await matrixTable({ width: kernel.columns, height: kernel.rows, values: kernel.data }, colormaps.rdbu, table)}`,
  }
}

/** Entries that add up to 0 but for their rounding do so. */
function withoutRounding(sum: number, values: Float64Array): number {
  const magnitudes = values.reduce((a, b) => a + Math.abs(b), 0)
  return Math.abs(sum) < 1e-12 * magnitudes ? 0 : Number(sum.toPrecision(12))
}

function range(values: Float64Array): string {
  const lowest = values.reduce((a, b) => Math.min(a, b), Infinity)
  const highest = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return lowest === highest
    ? `all entries ${readable(lowest)}`
    : `entries from ${readable(lowest)} to ${readable(highest)}`
}

async function responsePlane({ side, values }: Response['magnitude'], top: number): Promise<Svg> {
  const { left, width, height } = plane
  const samples = { shape: [side, side], dtype: 'float', data: values } as const
  const pixels = { width: SCALE * width, height: SCALE * height }
  const smooth = { ...pixels, values: resizeBilinear(samples, pixels.height, pixels.width).data }
  const colors = await image(heat(smooth, colormaps.viridis, [0, top]), plane)
  // the outermost samples are the middles of the outermost cells
  const edge = 0.5 + 0.5 / (side - 1)
  const axis = (title: string, from: number): Axis => ({
    scale: scaleLinear([-edge, edge], [from, from + width]),
    ticks: frequencies,
    title,
  })
  return svg`${colors}${border(plane)}
${bottomAxis(plane, axis('fx, cycles per pixel', left))}
${leftAxis(plane, axis('fy, cycles per pixel', plane.top))}
${await colorBar({ left, top: plane.top + height + BOTTOM_AXIS + 12, width }, colormaps.viridis, [0, top])}`
}

function profileAxes(top: number): { x: Axis; y: Axis } {
  const y = scaleLinear([0, top], [chart.top + chart.height, chart.top]).nice(3)
  return {
    x: {
      scale: scaleLinear([0, 0.5], [chart.left, chart.left + chart.width]),
      ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
      title: 'cycles per pixel',
    },
    y: { scale: y, ticks: y.ticks(3), title: '|H|' },
  }
}

/** From 0 on, as the other half mirrors it. */
function profiles({ side, values }: Response['magnitude']): Line[] {
  const middle = (side - 1) / 2
  const along = (step: number) =>
    Array.from({ length: middle + 1 }, (_, k): readonly [number, number] => [
      k / (side - 1),
      values[middle * (side + 1) + k * step] ?? 0,
    ])
  return [
    { name: 'along fx (fy = 0)', color: '#2f6fb7', points: along(1) },
    { name: 'along fy (fx = 0)', color: '#d9652b', points: along(side), dashed: true },
  ]
}
