import type { DecisionPlot } from './charts/decision-map.ts'
import { encodePicture } from './encode.ts'

export type { DecisionPlot, PlottedPoint } from './charts/decision-map.ts'
export type { Shading } from './charts/regions.ts'

/** Formats of drawings: pixels, or lines with letters as outlines. */
export const DRAWING_FORMATS = ['png', 'svg'] as const
export type DrawingFormat = (typeof DRAWING_FORMATS)[number]

/** The regions of a classifier, their boundaries, the points and a legend. PNG: two pixels a unit. */
export async function decisionMapPicture(
  plot: DecisionPlot,
  format: DrawingFormat,
): Promise<Buffer | string> {
  // drawn now and then: its libraries are loaded then
  const [{ decisionMap, SCALE }, { outlined, rasterise }] = await Promise.all([
    import('./charts/decision-map.ts'),
    import('./charts/rasterise.ts'),
  ])
  const drawing = await decisionMap(plot)
  if (format === 'svg') return outlined(drawing, `${plot.title}: ${plot.facts}`)
  return encodePicture(await rasterise(drawing, SCALE), 'png')
}
