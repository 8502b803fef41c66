import { scaleLinear } from 'd3-scale'
import { amountAxis, chart, epochAxis, heading, pointsOf } from './curves.ts'
import type { Frame } from './image.ts'
import { type Line, namesWidth } from './lines.ts'
import { styleOf } from './markers.ts'
import { empty, type Svg, svg } from './svg.ts'

/** What a chart shows of the layers at one time. */
export interface LayersAt {
  /** 0: before training */
  readonly epoch: number
  readonly layers: readonly {
    readonly name: string
    readonly units: number
    readonly dead: number
    readonly gradientNorm: number | null
  }[]
}

type LayerAt = LayersAt['layers'][number]

/** Room that a panel takes with its heading above and its axis below. */
export const PANEL = 216
const ABOVE = 82
const HEIGHT = 104

/** Where the panels are: that of dead units only where some are. */
export const panelsOf = (all: readonly LayersAt[]): number =>
  all.length < 2 ? 0 : all.some(({ layers }) => layers.some(({ dead }) => dead > 0)) ? 2 : 1

/** The gradient at each layer, and the share of its units that are dead, below `top`. At least two times. */
export function layerCurves(
  all: readonly LayersAt[],
  { left, width }: Omit<Frame, 'height' | 'top'>,
  top: number,
): Svg {
  const frame = { left, width, top: top + ABOVE, height: HEIGHT }
  const gradients = fitting(
    linesOf(all, ({ gradientNorm }) => gradientNorm || null),
    width,
  )
  const amounts = amountAxis(
    gradients.lines.flatMap(({ points }) => points.map(([, y]) => y)),
    frame,
  )
  const scale = amounts.isLog ? ', on a logarithmic scale' : ''
  const x = epochAxis(all, frame)
  return svg`${heading(`Gradient of the loss at ${gradients.which}${scale}`, frame)}
${chart(frame, { x, y: { ...amounts, title: '‖gradient‖' } }, gradients.lines)}
${panelsOf(all) === 2 ? deadUnits(all, { ...frame, top: frame.top + PANEL }) : empty}`
}

function deadUnits(all: readonly LayersAt[], frame: Frame): Svg {
  const dying = linesOf(all, ({ dead, units }) => (100 * dead) / units).filter(({ points }) =>
    points.some(([, y]) => y > 0),
  )
  const { lines, which } = fitting(dying, frame.width)
  const scale = scaleLinear([0, 100], [frame.top + frame.height, frame.top])
  const y = { scale, ticks: [0, 25, 50, 75, 100], title: '%' }
  return svg`${heading(`Dead units of ${which}: no sample gives them more than 0`, frame)}${chart(frame, { x: epochAxis(all, frame), y }, lines)}`
}

function linesOf(all: readonly LayersAt[], value: (layer: LayerAt) => number | null): Line[] {
  const [first] = all
  return (first?.layers ?? []).map(({ name }, i) => ({
    name,
    color: styleOf(i).color,
    points: pointsOf(all, ({ layers }) => {
      const layer = layers[i]
      return layer && value(layer)
    }),
  }))
}

/** As many lines as have room for their names, the first, the last and those evenly between, and which they are. */
function fitting(
  lines: readonly Line[],
  width: number,
): { readonly lines: readonly Line[]; readonly which: string } {
  for (let count = lines.length; count > 1; count--) {
    const some = Array.from(
      { length: count },
      (_, i) => lines[Math.round((i * (lines.length - 1)) / (count - 1))],
    ).flatMap((line) => line ?? [])
    if (namesWidth(some) > width) continue
    const colored = some.map((line, i) => ({ ...line, color: styleOf(i).color }))
    return {
      lines: colored,
      which: count === lines.length ? 'the layers' : `${count} of ${lines.length} layers`,
    }
  }
  return { lines: lines.slice(0, 1), which: lines.length > 1 ? `one of ${lines.length} layers` : 'the layer' }
}
