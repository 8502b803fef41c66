import type { Histograms } from './charts/histograms.ts'
import { encodePicture } from './encode.ts'

export type { HistogramPanel, Histograms } from './charts/histograms.ts'

/** Histograms beside each other as a PNG, 1920 pixels wide. */
export async function histogramPlot(parts: Histograms): Promise<Buffer> {
  // drawn now and then: its libraries are loaded then
  const [{ histograms, SCALE }, { rasterise }] = await Promise.all([
    import('./charts/histograms.ts'),
    import('./charts/rasterise.ts'),
  ])
  return encodePicture(await rasterise(await histograms(parts), SCALE), 'png')
}
